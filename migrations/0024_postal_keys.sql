-- Postal codes are found in the order of a key, in which the codes of an area stand together: British codes in their parts, since `PH4 1QE`
-- and `PH41` share letters and nothing else. It is computed from the code, so that what releases up to 0.3.0 stored, and what one of them
-- stores while it serves beside this one, has its key too. `postalKeySql` has the same text.
ALTER TABLE postal_codes ADD COLUMN match_key TEXT GENERATED ALWAYS AS (
  CASE
  WHEN country IN ('GB','GG','IM','JE') THEN CASE WHEN code GLOB '[A-Z][A-Z]*'
    THEN substr(code, 1, 2) || CASE WHEN substr(code, 3) = '' THEN '' WHEN substr(code, 3) NOT GLOB '?[0-9]*' OR (substr(code, 3) GLOB '*[0-9][A-Z][A-Z]' AND length(substr(code, 3)) = 4) THEN '0' || substr(substr(code, 3), 1, 1) || iif(substr(substr(code, 3), 2) GLOB '[A-Z]*', '', ' ') || replace(substr(substr(code, 3), 2), ' ', '')
  ELSE substr(substr(code, 3), 1, 2) || iif(substr(substr(code, 3), 3) GLOB '[A-Z]*', '', ' ') || replace(substr(substr(code, 3), 3), ' ', '') END
    ELSE substr(code, 1, 1) || ' ' || CASE WHEN substr(code, 2) = '' THEN '' WHEN substr(code, 2) NOT GLOB '?[0-9]*' OR (substr(code, 2) GLOB '*[0-9][A-Z][A-Z]' AND length(substr(code, 2)) = 4) THEN '0' || substr(substr(code, 2), 1, 1) || iif(substr(substr(code, 2), 2) GLOB '[A-Z]*', '', ' ') || replace(substr(substr(code, 2), 2), ' ', '')
  ELSE substr(substr(code, 2), 1, 2) || iif(substr(substr(code, 2), 3) GLOB '[A-Z]*', '', ' ') || replace(substr(substr(code, 2), 3), ' ', '') END END
  WHEN country = 'AR' AND code GLOB '[A-Z][0-9]*' THEN substr(code, 2, 4)
  WHEN country = 'LU' AND code GLOB '[0-9]*' THEN 'L' || code
  WHEN country IN ('AD','AZ','BB','HT','LV','MD','VC','VG') AND code GLOB '[0-9]*' THEN country || code
  WHEN country IN ('AT','BE','BG','CH','CZ','DE','DK','ES','FI','FR','GR','HR','HU','IT','LI','LT','NO','PL','PT','RO','SE','SI','SK','MK','RS','ME') AND code GLOB '[A-Z]*[0-9]' THEN ltrim(code, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  ELSE code END
) VIRTUAL;
--> statement-breakpoint
-- Codes that are their own keys are found by the primary key.
CREATE INDEX postal_codes_by_key ON postal_codes (country, match_key) WHERE match_key <> code;
--> statement-breakpoint
-- `UK` was stored as it was given. The rows stay: the previous release reads them.
INSERT OR IGNORE INTO postal_codes (country, code, latitude, longitude)
SELECT iif(country = 'UK', 'GB', 'GR'), code, latitude, longitude FROM postal_codes WHERE country IN ('UK', 'EL');
--> statement-breakpoint
INSERT OR IGNORE INTO tax_rates (country, category, rate_bps)
SELECT iif(country = 'UK', 'GB', 'GR'), category, rate_bps FROM tax_rates WHERE country IN ('UK', 'EL');
