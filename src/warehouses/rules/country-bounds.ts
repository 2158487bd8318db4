import type { Point } from "./distance.ts";

/**
 * Rectangles around the parts of each country: south, north, west and east in whole degrees, at least 0.3° outside its coast and borders.
 * India's go to where it claims land, and those of the USA and France have the territories that their posts number too. Countries that are not listed are not checked.
 * Source: Natural Earth 1:10m, admin 0, as in the package world-atlas 2.0.2; parts closer than 4° are in one rectangle
 */
const BOUNDS = `
  AD 42 43 1 3; AE 22 27 51 57; AF 29 39 60 76; AG 16 19 -63 -61; AI 17 19 -64 -62; AL 39 43 18 22; AM 38 42 43 47;
  AO -19 -4 11 25; AQ -86 -60 -180 180; AR -56 -21 -74 -53; AS -15 -10 -172 -167; AT 46 50 9 18;
  AU -44 -8 112 154 -56 -54 158 160 -32 -31 158 160; AW 12 13 -71 -69; AX 59 61 19 22; AZ 38 43 44 51; BA 42 46 15 20;
  BB 12 14 -60 -59; BD 20 27 87 93; BE 49 52 2 7; BF 9 16 -6 3; BG 40 45 22 29; BH 25 27 50 51; BI -5 -2 28 32;
  BJ 5 13 0 5; BL 17 19 -64 -62; BM 31 33 -66 -64; BN 3 6 113 116; BO -24 -9 -70 -57; BR -35 6 -75 -28; BS 20 28 -80 -72;
  BT 26 29 88 93; BW -28 -17 19 30; BY 50 57 22 34; BZ 15 19 -90 -87; CA 41 84 -142 -52; CD -14 6 11 32; CF 1 12 14 28;
  CG -6 5 10 19; CH 45 49 5 11; CI 4 12 -9 -2; CK -23 -18 -161 -157 -11 -8 -162 -157 -12 -10 -167 -165;
  CL -57 -17 -82 -66 -28 -26 -110 -105; CM 1 14 8 17; CN 15 54 73 136; CO -5 14 -83 -66; CR 5 12 -88 -82; CU 19 24 -86 -73;
  CV 14 18 -26 -22; CW 11 13 -70 -68; CY 34 36 31 35; CZ 48 52 11 20; DE 46 56 5 16; DJ 10 14 41 44; DK 54 59 7 16;
  DM 14 16 -62 -60; DO 17 21 -73 -68; DZ 18 38 -9 13; EC -6 2 -82 -74 -2 2 -93 -88; EE 57 60 21 29; EG 21 32 24 38;
  EH 20 28 -18 -8; ER 12 19 36 44; ES 34 45 -10 5 27 30 -19 -13; ET 3 16 32 49; FI 59 71 20 32; FJ -23 -12 -180 180;
  FK -53 -50 -62 -57; FM 0 10 148 164 9 11 137 141; FO 61 63 -8 -5;
  FR 41 52 -6 10 1 7 -55 -51 14 17 -63 -60 -22 -20 54 57 -14 -12 44 46 45 49 -58 -55 -24 -17 162 170 -29 -7 -156 -133 16 20 -64 -61 -15 -12 -179 -175;
  GA -5 3 8 15; GB 49 62 -14 3; GD 11 13 -63 -61; GE 40 44 39 47; GG 49 51 -3 -1; GH 4 12 -4 2; GI 35 37 -6 -5;
  GL 59 84 -74 -11; GM 12 15 -18 -13; GN 6 13 -16 -7; GQ -2 5 5 12; GR 34 43 19 29; GS -60 -55 -29 -25 -56 -53 -39 -35;
  GT 13 19 -93 -87; GU 12 14 144 146; GW 10 13 -18 -13; GY 0 9 -62 -56; HK 21 23 113 115; HM -54 -52 72 75;
  HN 12 18 -90 -82; HR 42 47 13 20; HT 17 21 -75 -71; HU 45 49 15 24; ID -12 7 94 142; IE 51 56 -11 -5; IL 29 34 33 37;
  IM 53 55 -6 -4; IN 6 38 67 98; IO -8 -4 70 73; IQ 28 38 38 49; IR 24 41 43 64; IS 63 67 -25 -13; IT 35 48 6 19;
  JE 48 50 -3 -1; JM 17 19 -79 -75; JO 28 34 34 40; JP 23 46 122 147 23 25 153 155; KE -5 6 33 43; KG 38 44 68 81;
  KH 10 16 102 108; KI -3 4 169 178 1 6 -161 -156 -5 -2 -175 -170 -6 -3 -157 -154 -12 -11 -153 -151; KM -13 -11 42 45;
  KN 16 18 -64 -62; KP 37 44 123 132; KR 32 39 124 133; KW 28 31 46 49; KY 18 21 -82 -79; KZ 40 56 46 88; LA 13 23 99 108;
  LB 32 35 34 37; LC 13 15 -62 -60; LI 46 48 9 10; LK 5 11 79 83; LR 4 9 -12 -7; LS -31 -28 26 30; LT 53 57 20 28;
  LU 49 51 5 7; LV 55 59 20 29; LY 19 34 8 26; MA 21 37 -18 0 20 28 -18 -8; MC 43 45 7 8; MD 45 49 26 31; ME 41 44 18 21;
  MF 17 19 -64 -62; MG -26 -11 42 51; MH 4 15 164 173; MK 40 43 20 24; ML 9 26 -13 5; MM 9 29 91 102; MN 41 53 87 121;
  MO 21 23 113 114; MP 13 21 144 147; MR 14 28 -18 -4; MS 16 18 -63 -61; MT 35 37 13 15;
  MU -21 -19 57 59 -21 -19 63 64 -11 -10 56 57; MV -1 8 72 75; MW -18 -9 32 37; MX 14 34 -119 -86;
  MY 0 8 109 120 0 8 99 105; MZ -28 -10 29 42; NA -30 -16 11 26; NC -23 -19 163 172; NE 11 24 -1 17; NF -30 -28 167 169;
  NG 3 15 2 15; NI 10 16 -88 -82; NL 50 54 3 8 11 13 -69 -67 17 18 -64 -62; NO 57 82 4 34 70 72 -10 -7 -55 -54 3 4;
  NP 26 31 79 89; NR -1 0 166 168; NU -20 -18 -171 -169;
  NZ -53 -34 165 180 -45 -43 -178 -175 -10 -8 -173 -170 -30 -28 -179 -177; OM 16 27 51 61; PA 6 10 -84 -76;
  PE -19 1 -82 -68; PF -28 -7 -155 -134; PG -12 -1 140 157; PH 4 22 116 127; PK 23 38 60 78; PL 48 56 13 25;
  PM 46 48 -57 -55; PN -26 -23 -132 -124; PR 17 19 -69 -64; PS 30 33 33 36; PT 36 41 -32 -24 36 43 -10 -5 29 34 -18 -15;
  PW 2 9 130 136; PY -28 -18 -63 -53; QA 24 27 50 52; RO 43 49 19 30; RS 41 47 18 24; RU 40 83 -180 180; RW -4 0 28 32;
  SA 16 33 34 56; SB -13 -6 155 170; SC -8 -3 52 57 -11 -9 45 48; SD 8 23 21 39; SE 55 70 10 25; SG 0 2 103 105;
  SH -41 -36 -13 -9 -17 -15 -7 -5 -9 -7 -15 -13; SI 45 48 13 17; SK 47 50 16 23; SL 6 11 -14 -9; SM 43 45 12 13;
  SN 12 17 -18 -11; SO -2 13 40 52; SR 1 7 -59 -53; SS 3 13 23 37; ST -1 2 6 8; SV 12 15 -91 -87; SX 17 19 -64 -62;
  SY 32 38 35 43; SZ -28 -25 30 33; TC 20 23 -73 -70; TD 7 24 13 25;
  TF -51 -48 68 71 -47 -45 49 53 -18 -16 42 44 -23 -21 39 41 -40 -37 77 78 -17 -15 54 55 -12 -11 46 48; TG 5 12 -1 3;
  TH 5 21 97 106; TJ 36 42 67 76; TL -10 -7 123 128; TM 34 44 52 67; TN 29 38 7 12; TO -23 -15 -177 -173; TR 35 43 25 46;
  TT 9 12 -63 -60; TV -10 -5 175 180; TW 21 26 117 123; TZ -13 0 29 41; UA 44 53 22 41; UG -2 5 29 36;
  UM 5 7 -163 -161 -1 2 -177 -176 -1 0 -161 -159 18 20 166 167 18 19 -76 -74 27 29 -178 -177 16 18 -170 -169;
  US 24 50 -126 -66 50 72 -180 -129 18 29 -179 -154 51 54 172 180 16 20 -68 -64 12 22 143 147 -15 -10 -172 -167 -1 16 130 174;
  UY -36 -29 -59 -52; UZ 36 46 55 74; VA 41 43 12 13; VC 12 14 -62 -60; VE 0 17 -74 -59; VG 18 20 -66 -63;
  VI 17 19 -66 -64; VN 8 24 101 110; VU -21 -12 166 171; WF -15 -12 -179 -175; WS -15 -13 -174 -171; XK 41 44 19 23;
  YE 11 20 42 55; ZA -36 -21 16 34 -48 -46 37 39; ZM -19 -7 21 34; ZW -23 -15 24 34`;

const DEGREES_OF_ONE = 4;

let parsed: ReadonlyMap<string, readonly number[]> | undefined;

/** Whether a point can be in a country. @returns true for a country whose bounds are not known */
export function isWithin(country: string, { latitude, longitude }: Point): boolean {
  parsed ??= parseBounds();
  const degrees = parsed.get(country);
  if (!degrees) return true;
  for (let at = 0; at < degrees.length; at += DEGREES_OF_ONE) {
    const [south = 0, north = 0, west = 0, east = 0] = degrees.slice(at, at + DEGREES_OF_ONE);
    if (latitude >= south && latitude <= north && longitude >= west && longitude <= east) return true;
  }
  return false;
}

function parseBounds(): ReadonlyMap<string, readonly number[]> {
  return new Map(
    BOUNDS.split(";").map((entry) => {
      const [country = "", ...degrees] = entry.trim().split(" ");
      return [country, degrees.map(Number)];
    }),
  );
}
