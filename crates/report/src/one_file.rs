//! A page that is one file: no script, nothing fetched. Not here: what it says.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The file of a page with this title, style sheet and body.
pub(crate) fn one_file(title: &str, style: &'static str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                title { (title) " - Wardround" }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}
