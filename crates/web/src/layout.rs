//! What all pages share: head, menu, footer.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::asks::TOKEN;
use crate::assets::{SCRIPT, STYLE};
use crate::pages::glass;
use crate::roles::Permission;
use crate::routes::{Menu, Needs};
use crate::session::Person;
use crate::site::Site;

/// A whole page.
#[derive(Debug)]
pub(crate) struct Page {
    title: String,
    body: Markup,
    /// Seconds after which a browser without script loads it again.
    again: Option<u8>,
}

impl Page {
    /// A browser without script loads it again after so many seconds.
    pub(crate) fn again_in(mut self, seconds: u8) -> Self {
        self.again = Some(seconds);
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], whole(&self).into_string()).into_response()
    }
}

/// A page for somebody who is signed in. `here` is its place in the menu.
pub(crate) fn page(site: &Site, person: &Person, here: Option<Menu>, title: &str, body: &Markup) -> Page {
    let items = site.menu.iter().filter(|item| match item.needs {
        Needs::May(permission) => person.may(permission),
        Needs::Public | Needs::SignedIn => true,
        Needs::Collector | Needs::Token(_) => false,
    });
    // The demo is not this hospital.
    let name = if site.is_demo() { String::new() } else { plain(&site.naming.name()) };
    finished(
        title,
        html! {
            header class="top" {
                a class="name" href="/" { "Wardround" }
                @if !name.is_empty() { span class="soft" { (name) } }
                nav aria-label="Pages" {
                    ul {
                        @for item in items {
                            li {
                                a href=(item.path) aria-current=[(here == Some(item.menu)).then_some("page")] {
                                    (item.menu.label())
                                }
                            }
                        }
                    }
                }
                form class="who" method="post" action="/sign-out" {
                    (form_token(person))
                    a href="/account" { (person.name) } small { (person.role.label()) }
                    button class="quiet" { "Sign out" }
                }
            }
            main id="content" {
                @if site.is_demo() { (demo_notice(person)) }
                (glass::warning(site))
                h1 { (title) }
                (body)
            }
        },
    )
}

/// A page for anybody.
pub(crate) fn bare(title: &str, body: &Markup) -> Page {
    finished(
        title,
        html! {
            header class="top" { a class="name" href="/" { "Wardround" } }
            main id="content" class="narrow" { h1 { (title) } (body) }
        },
    )
}

fn finished(title: &str, body: Markup) -> Page {
    Page { title: title.to_owned(), body, again: None }
}

fn whole(page: &Page) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(seconds) = page.again { noscript { meta http-equiv="refresh" content=(seconds); } }
                title { (page.title) " - Wardround" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(STYLE.path);
                script src=(SCRIPT.path) defer {}
            }
            body {
                a class="skip" href="#content" { "Skip to the content" }
                (page.body)
            }
        }
    }
}

/// On every page while the demo hospital is shown.
fn demo_notice(person: &Person) -> Markup {
    html! {
        div class="notice demo" {
            p { strong { "Demo. " } "This hospital is made up. Nothing here says how accurate Wardround is in a real one." }
            @if person.may(Permission::ChangeSettings) {
                form method="post" action="/demo/leave" { (form_token(person)) button class="quiet" { "Delete the demo and go back" } }
            }
        }
    }
}

/// What every form of a signed-in person must have in it.
pub(crate) fn form_token(person: &Person) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(person.form_token); }
}

/// A picture that the site made itself, such as a QR code.
pub(crate) fn own_picture(svg: &str) -> Markup {
    PreEscaped(svg.to_owned())
}

/// Text from outside, without what turns its order round or moves a terminal's cursor.
pub(crate) fn plain(text: &str) -> String {
    let is_trick = |c: char| {
        c.is_control() && !"\n\t".contains(c)
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_trick(c) { '\u{fffd}' } else { c }).collect()
}

/// What went wrong with a form, before the form.
pub(crate) fn error_summary(text: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = text {
            div class="notice bad" role="alert" id="error" { p { (text) } }
        }
    }
}
