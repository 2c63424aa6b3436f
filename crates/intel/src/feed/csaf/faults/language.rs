//! Languages: codes that exist (6.1.12), the language that a translation is made from (6.1.15) and that it is another
//! than the translation's own (6.1.28).

use super::Faults;
use super::place::Place;

/// The two-letter codes of ISO 639-1, which are those of RFC 5646's registry.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
    io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt \
    my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so \
    sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    let Some(document) = root.field("document") else { return };
    for name in ["lang", "source_lang"] {
        let code = document.field(name);
        if let Some(place) = code.filter(|code| code.text().is_none_or(|code| !is_language(code))) {
            faults.add("6.1.12", &place, "not the code of a language");
        }
    }
    let (own, source) = (document.text_of("lang"), document.text_of("source_lang"));
    let translated = document.at(&["publisher", "category"]).and_then(|category| category.text());
    if translated == Some("translator") && source.is_none() {
        faults.add("6.1.15", &document, "a translation does not say what it is made from");
    }
    if own.is_some() && own == source {
        faults.add("6.1.28", &document, "a translation has the language that it is made from");
    }
}

/// Codes of three and more letters are taken by their form alone (RFC 5646, 2.1).
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let known = match language.len() {
        1 => matches!(language.as_str(), "i" | "x"),
        2 => TWO_LETTERS.split(' ').any(|known| known == language),
        3..=8 => language.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    };
    let formed =
        |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    known && parts.all(formed)
}
