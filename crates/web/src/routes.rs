//! The one table of routes. A route says what it needs before it says what it does, and there is no other way to add one:
//! what is not declared is not served.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::api::{self, Field};
use crate::gate::{self, Gate};
use crate::roles::Permission;
use crate::site::Site;
use crate::{headers, pages};

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: anybody who reaches the site may ask.
    Public,
    /// A collector of metrics: this computer, or whoever shows the token.
    Collector,
    /// Somebody who is signed in, whatever their role.
    SignedIn,
    /// Somebody whose role permits this.
    May(Permission),
    /// A program that shows the token of somebody whose role permits this, of a scope that does.
    Token(Permission),
}

/// What a request brings with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brings {
    /// Nothing.
    Nothing,
    /// A form; the gate reads it and checks its token.
    Form,
    /// Files; the handler reads them through [`crate::receive`], which checks the token first.
    Files,
    /// An object of a program; the gate reads it, and holds it to the fields of its operation.
    Json,
    /// A file of a program; the handler reads it.
    File,
}

/// A place in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Menu {
    Today,
    Devices,
    Findings,
    Conversations,
    Paths,
    Work,
    Rounds,
    Ask,
    Reports,
    Import,
    People,
    Audit,
    Settings,
}

impl Menu {
    /// All places, in their order.
    const ALL: [Self; 13] = [
        Self::Today,
        Self::Devices,
        Self::Findings,
        Self::Conversations,
        Self::Paths,
        Self::Work,
        Self::Rounds,
        Self::Ask,
        Self::Reports,
        Self::Import,
        Self::People,
        Self::Audit,
        Self::Settings,
    ];

    /// What it is called.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Devices => "Devices",
            Self::Findings => "Findings",
            Self::Conversations => "Conversations",
            Self::Paths => "Ways in",
            Self::Work => "Work",
            Self::Rounds => "Rounds",
            Self::Ask => "Ask",
            Self::Reports => "Reports",
            Self::Import => "Import",
            Self::People => "People",
            Self::Audit => "Log",
            Self::Settings => "Settings",
        }
    }
}

/// One line of the menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MenuItem {
    pub(crate) menu: Menu,
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
}

/// One route.
pub(crate) struct Route {
    pub(crate) path: &'static str,
    /// The method of HTTP.
    pub(crate) method: &'static str,
    pub(crate) gate: Gate,
    menu: Option<Menu>,
    handler: MethodRouter<Site>,
}

/// How a program asks for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Do this.
    Post,
    /// Have this instead.
    Put,
    /// Have this no longer.
    Delete,
}

impl Route {
    /// A page that is shown.
    pub(crate) fn get<H, T>(needs: Needs, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        Self {
            path,
            method: "GET",
            gate: Gate::new(needs),
            menu: None,
            handler: on(MethodFilter::GET, handler),
        }
    }

    /// A form that is sent: a change, so it is logged under this name.
    pub(crate) fn post<H, T>(needs: Needs, path: &'static str, action: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let gate = Gate { brings: Brings::Form, logged: Some(action), ..Gate::new(needs) };
        Self { path, method: "POST", gate, menu: None, handler: on(MethodFilter::POST, handler) }
    }

    /// A change that a program asks for, logged under this name.
    pub(crate) fn change<H, T>(
        permission: Permission,
        verb: Verb,
        path: &'static str,
        action: &'static str,
        fields: &'static [Field],
        handler: H,
    ) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let gate = Gate {
            brings: Brings::Json,
            logged: Some(action),
            fields,
            ..Gate::new(Needs::Token(permission))
        };
        let (method, filter) = match verb {
            Verb::Post => ("POST", MethodFilter::POST),
            Verb::Put => ("PUT", MethodFilter::PUT),
            Verb::Delete => ("DELETE", MethodFilter::DELETE),
        };
        Self { path, method, gate, menu: None, handler: on(filter, handler) }
    }

    /// A file that a program sends, logged under this name; it may take so long.
    pub(crate) fn file<H, T>(
        permission: Permission,
        path: &'static str,
        action: &'static str,
        patience: Duration,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let (brings, patience) = (Brings::File, Some(patience));
        let gate = Gate { brings, logged: Some(action), patience, ..Gate::new(Needs::Token(permission)) };
        Self { path, method: "POST", gate, menu: None, handler: on(MethodFilter::POST, handler) }
    }

    /// Each time that it is shown is logged under this name.
    pub(crate) fn logged(mut self, action: &'static str) -> Self {
        self.gate.logged = Some(action);
        self
    }

    /// The handler logs it itself, since it knows better who asked.
    pub(crate) fn logs_itself(mut self) -> Self {
        self.gate.logged = None;
        self
    }

    /// It is done also where the log cannot be written, and stands in the reserved journal then: stops and what takes back alone.
    pub(crate) fn reserved(mut self) -> Self {
        self.gate.is_reserved = true;
        self
    }

    /// Its answer, or what is sent to it, is secret: what is kept for a repeated request is sealed.
    pub(crate) fn secret(mut self) -> Self {
        self.gate.is_secret = true;
        self
    }

    /// It only stops something: it is done first, and no failure to log it takes it back.
    pub(crate) fn stops(mut self) -> Self {
        self.gate.stops = true;
        self.reserved()
    }

    /// It stands in the menu.
    pub(crate) fn in_menu(mut self, menu: Menu) -> Self {
        self.menu = Some(menu);
        self
    }

    /// It brings files instead of a form, and may take so long.
    pub(crate) fn with_files(mut self, patience: Duration) -> Self {
        self.gate.brings = Brings::Files;
        self.gate.patience = Some(patience);
        self
    }

    /// The status where it is done.
    pub(crate) fn answers(mut self, success: StatusCode) -> Self {
        self.gate.success = success;
        self
    }

    /// It goes on as long as somebody listens.
    pub(crate) fn endless(mut self) -> Self {
        self.gate.patience = None;
        self
    }
}

/// All routes.
pub(crate) fn all() -> Vec<Route> {
    [
        pages::status::routes(),
        pages::sign_in::routes(),
        pages::glass::routes(),
        pages::join::routes(),
        pages::today::routes(),
        pages::hours::routes(),
        pages::running::routes(),
        pages::devices::routes(),
        pages::device::routes(),
        pages::say::routes(),
        pages::say_many::routes(),
        pages::findings::routes(),
        pages::finding::routes(),
        pages::evidence::routes(),
        pages::paths::routes(),
        pages::saved::routes(),
        pages::conversations::routes(),
        pages::work::routes(),
        pages::task::routes(),
        pages::decide::routes(),
        pages::files::routes(),
        pages::letter::routes(),
        pages::history::routes(),
        pages::ask::routes(),
        pages::sources::routes(),
        pages::reports::routes(),
        pages::import::routes(),
        pages::demo::routes(),
        pages::people::routes(),
        pages::audit::routes(),
        pages::settings::routes(),
        pages::listen::routes(),
        pages::notices::routes(),
        pages::own::routes(),
        pages::tokens::routes(),
        api::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The menu, in its order.
pub(crate) fn menu(routes: &[Route]) -> Vec<MenuItem> {
    let item = |menu: &Menu| {
        let route = routes.iter().find(|route| route.menu == Some(*menu))?;
        Some(MenuItem { menu: *menu, path: route.path, needs: route.gate.needs })
    };
    Menu::ALL.iter().filter_map(item).collect()
}

/// Puts every route behind its gate.
pub(crate) fn router(routes: Vec<Route>, site: Site) -> Router {
    let mut router = Router::new();
    for route in routes {
        let state = (site.clone(), route.gate);
        let mut handler = route.handler;
        if matches!(route.gate.brings, Brings::Files | Brings::File) {
            // Files have limits of their own, which are larger.
            handler = handler.layer(DefaultBodyLimit::disable());
        }
        router = router.route(route.path, handler.layer(from_fn_with_state(state, gate::keep)));
    }
    router
        .fallback(pages::status::not_found)
        .method_not_allowed_fallback(pages::status::not_found)
        .layer(from_fn_with_state(site.clone(), headers::strict))
        .with_state(site)
}

#[cfg(test)]
mod tests;
