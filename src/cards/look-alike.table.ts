/**
 * Letters that look like one of ASCII, by script: "xletters" where each of the letters is taken for x. Chosen from
 * confusables.txt of UTS #39, version 14.0.0: every letter of these scripts that it maps to a single letter of a-z or
 * A-Z, but for the dotless i, which Turkish needs, and for those whose compatibility form (NFKC) already is that letter.
 */
export const LOOK_ALIKES: { readonly [script: string]: readonly string[] } = {
  Cyrillic:
    "aа AА bЬ BВ cс CС dԁ eеҽ EЕ GԌ hһ HН iіꙇӏ jј JЈ KК lІӀ MМ oо OО pр PР qԛ rг sѕ SЅ TТ vѵ VѴ wѡԝ WԜ xх XХ yуү YУҮ".split(
      " ",
    ),
  Greek: "aα AΑ BΒ EΕ FϜ HΗ iι jϳ JͿ KΚ lΙ MΜϺ NΝ oοσ OΟ pρ PΡ rᴦ TΤ uυ vν XΧ yγ YΥ ZΖ".split(" "),
  Armenian: "fք gց hհ nոռ oօ OՕ qգզ SՏ uս UՍ wա".split(" "),
  Cherokee:
    "AᎪ bᏏ BᏴ cꮯ CᏟ dᏧ DᎠ EᎬ GᏀᏳ hᏂ HᎻ iꭵᎥ JᎫ KᏦ LᏞ MᎷ PᏢ rꮁ RᎡᏒ sꮪ SᏕᏚ TᎢ vꮩ VᏙ wꮃ WᎳᏔ YᎩᎽ zꮓ ZᏃ".split(" "),
  Coptic: "cⲥ CⲤ HⲎ KⲔ lⲒ LⳐ MⲘ NⲚ oⲟ OⲞ pⲣ PⲢ rⲅ TⲦ XⲬ YⲨ".split(" "),
  Lisu: "Aꓮ Bꓐ Cꓚ dꓒ Dꓓ Eꓰ Fꓝ Gꓖ Hꓧ Jꓙ Kꓗ lꓲ Lꓡ Mꓟ Nꓠ Oꓳ Pꓑ Rꓣ Sꓢ Tꓔ Uꓴ Vꓦ Wꓪ Xꓫ Yꓬ Zꓜ".split(" "),
  Latin: "aɑ bƄ BꞴ cᴄ eꬲ fꬵꞙẝ FꞘ gɡᶃƍ iɪɩ JꞲ lƖǀ oᴏᴑꬽ rꭇꭈ RƦ sꜱƽ uꞟᴜꭎꭒʋ vᴠ wɯᴡ XꞳ yɣᶌʏỿꭚ zᴢ".split(" "),
};
