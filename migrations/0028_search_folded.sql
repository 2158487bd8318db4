-- The full-text index of the catalogue with indexes of prefixes, so that a search of several beginnings of words reads rows of each in order, and
-- not every word that begins so. `products_search` stays for the previous release, which searches there.
CREATE VIRTUAL TABLE catalog_search USING fts5(
  words, category, brand, status, content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
-- What is indexed of each product. Japanese, Chinese, Korean, Thai, Lao, Burmese and Khmer are indexed by pairs of characters, because words
-- are not separated there, or are joined: a pair is a private character and the two code points in hexadecimal, and the last character of a run
-- is alone. Half-width kana are full width, hiragana are katakana, full-width letters are plain. `src/catalog/rules/search-folding.ts` does the
-- same with what is searched. Only the first 500 characters are folded. The limits keep SQLite from computing each part again wherever it is named.
CREATE VIEW product_search_rows AS
SELECT row_no, category, brand, status,
  CASE WHEN text GLOB '*[ก-໿က-႟ក-៿々-〇ぁ-ヿ]*' OR text GLOB '*[㐀-鿿가-힯豈-﫿！-ﾟ𠀀-𲎯]*' THEN (
    SELECT group_concat(CASE
      WHEN NOT is_paired THEN char(code)
      WHEN next_is_paired THEN printf(' %s%05x%05x ', char(57344), code, next_code)
      ELSE printf(' %s%05x ', char(57344), code) END, '' ORDER BY at) || ' ' || substr(text, 501)
    FROM (
      SELECT at, code, is_paired, lead(code) OVER (ORDER BY at) AS next_code, lead(is_paired) OVER (ORDER BY at) AS next_is_paired
      FROM (
        SELECT at, code,
          (code BETWEEN 3585 AND 3839 AND code NOT IN (3647, 3663, 3674, 3675)) OR code BETWEEN 4096 AND 4169 OR code BETWEEN 4176 AND 4255
          OR code BETWEEN 6016 AND 6099 OR code BETWEEN 6108 AND 6143 OR code BETWEEN 12293 AND 12295
          OR (code BETWEEN 12353 AND 12543 AND code NOT IN (12448, 12539)) OR code BETWEEN 13312 AND 40959 OR code BETWEEN 44032 AND 55215
          OR code BETWEEN 63744 AND 64255 OR code BETWEEN 131072 AND 205743 AS is_paired
        FROM (
          SELECT at, base + CASE
            WHEN base NOT BETWEEN 12449 AND 12531 THEN 0
            WHEN following IN (65438, 12441) THEN iif(base = 12454, 78, 1)
            WHEN following IN (65439, 12442) THEN 2
            ELSE 0 END AS code
          FROM (
            SELECT at, following, CASE
              WHEN character BETWEEN 65281 AND 65374 THEN character - 65248
              WHEN character = 12288 THEN 32
              WHEN character BETWEEN 65382 AND 65437 THEN unicode(substr(
                'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン', character - 65381, 1))
              WHEN character BETWEEN 12353 AND 12438 THEN character + 96
              ELSE character END AS base
            FROM (
              SELECT key AS at, unicode(substr(whole, key + 1, 1)) AS character, unicode(substr(whole, key + 2, 1)) AS following
              FROM (SELECT text AS whole LIMIT 1)
                CROSS JOIN json_each('[' || substr(replace(hex(zeroblob(min(length(whole), 500))), '00', ',0'), 2) || ']')
              LIMIT 500
            ) WHERE character NOT IN (65438, 65439, 12441, 12442) LIMIT 500
          ) LIMIT 500
        ) LIMIT 500
      )
    )
  ) ELSE text END AS words
FROM (
  SELECT rowid AS row_no, category, brand, status,
    concat_ws(' ', product_id, sku, barcode, name, brand, category, variant_words, description) AS text
  FROM products
);
--> statement-breakpoint
CREATE TRIGGER catalog_search_insert AFTER INSERT ON products BEGIN
  INSERT INTO catalog_search (rowid, words, category, brand, status)
  SELECT row_no, words, hex(category), hex(brand), hex(status) FROM product_search_rows WHERE row_no = new.rowid;
END;
--> statement-breakpoint
CREATE TRIGGER catalog_search_update AFTER UPDATE OF sku, barcode, name, description, category, brand, status, variant_words ON products BEGIN
  DELETE FROM catalog_search WHERE rowid = old.rowid;
  INSERT INTO catalog_search (rowid, words, category, brand, status)
  SELECT row_no, words, hex(category), hex(brand), hex(status) FROM product_search_rows WHERE row_no = new.rowid;
END;
--> statement-breakpoint
INSERT INTO catalog_search (rowid, words, category, brand, status)
SELECT row_no, words, hex(category), hex(brand), hex(status) FROM product_search_rows;
