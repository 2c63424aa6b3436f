//! Sessions: who is signed in, by a random token that only their browser has. The store keeps its digest.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use wardround_model::Timestamp;
use wardround_store::{AccountId, TokenId};

use crate::codes::hex;
use crate::cookie;
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::site::{Site, now};
use crate::tokens::Scope;

const SECOND: i64 = 1_000_000_000;
/// A session ends when nothing was asked in it for so long (HIPAA 164.312(a)(2)(iii)).
pub(crate) const IDLE: i64 = 15 * 60 * SECOND;
/// A session ends so long after it began, whatever is asked in it.
pub(crate) const WHOLE: i64 = 12 * 3_600 * SECOND;
/// That something was asked is written down no more often than this.
const SEEN_EVERY: i64 = 30 * SECOND;

/// Who asks. A handler that takes one serves only people who are signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their account.
    pub(crate) account: AccountId,
    /// What they sign in with.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: SiteRole,
    /// What their forms carry, so that no other page can send one.
    pub(crate) form_token: String,
    /// The session, for ending it.
    pub(crate) session: String,
    /// What the token that they came with is good for; none where a browser asks.
    pub(crate) scope: Option<Scope>,
    /// That token.
    pub(crate) token: Option<TokenId>,
}

impl Person {
    /// Whether their role permits it, and the token's scope too where they came with one.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.role.may(permission) && self.scope.is_none_or(|scope| scope.permits(permission))
    }
}

impl FromRequestParts<Site> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::NotSignedIn)
    }
}

impl OptionalFromRequestParts<Site> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The digest that the store keeps of a token.
pub(crate) fn digest(token: &str) -> String {
    crate::codes::digest("session", token)
}

/// What a session's forms carry: it cannot be worked out without the token.
fn form_token(token: &str) -> String {
    crate::codes::digest("form", token)
}

/// Begins a session; the token for the cookie.
pub(crate) async fn begin(site: &Site, account: AccountId) -> Result<String, Problem> {
    let token = hex(&site.keys.random::<32>().map_err(|_| Problem::Fault)?);
    let (digest, at) = (digest(&token), now());
    site.home.write(move |store| store.session_begin(&digest, account, at)).await?;
    Ok(token)
}

/// Who asks, where the session still holds.
pub(crate) async fn find(site: &Site, headers: &HeaderMap) -> Result<Option<Person>, Problem> {
    let Some(token) = cookie::token(headers, cookie::is_secure(headers, site.tls)) else { return Ok(None) };
    let (digest, at) = (digest(&token), now());
    if let Some(person) = site.glass.person(&digest, &form_token(&token), at) {
        return Ok(Some(person));
    }
    let key = digest.clone();
    let Some(session) = site.home.read(move |store| store.session_find(&key)).await? else {
        return Ok(None);
    };
    let role = SiteRole::from_code(&session.account.kept.role);
    let Some(role) =
        role.filter(|_| session.account.is_open_at(at) && holds(session.made_at, session.seen_at, at))
    else {
        let key = digest.clone();
        // It holds no longer, whether that can be written down or not.
        let _ = site.home.write_if_free(move |store| store.session_end(&key)).await;
        return Ok(None);
    };
    if at.since(session.seen_at) >= SEEN_EVERY {
        let key = digest.clone();
        // Where it cannot be written, such as on a full disk, the session ends when it would have been idle.
        let _ = site.home.write_if_free(move |store| store.session_seen(&key, at)).await;
    }
    Ok(Some(Person {
        account: session.account.id,
        name: session.account.kept.name,
        role,
        form_token: form_token(&token),
        session: digest,
        scope: None,
        token: None,
    }))
}

/// Whether a session that began and was last used then still holds; a clock that was set back ends it.
fn holds(made_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
    let (age, idle) = (now.since(made_at), now.since(seen_at));
    (-IDLE..WHOLE).contains(&age) && (-IDLE..IDLE).contains(&idle)
}

/// Ends the sessions that are over.
pub(crate) async fn end_old(site: &Site) -> Result<(), Problem> {
    let at = now().nanoseconds();
    let before = move |span: i64| Timestamp::from_nanoseconds(at.saturating_sub(span));
    site.home.write(move |store| store.session_end_old(before(WHOLE), before(IDLE))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_or_old() {
        let at = |minutes: i64| Timestamp::from_seconds(minutes * 60);
        assert!(holds(at(0), at(0), at(14)));
        assert!(!holds(at(0), at(0), at(15)));
        assert!(holds(at(0), at(719), at(719)));
        assert!(!holds(at(0), at(719), at(720)));
        assert!(!holds(at(100), at(100), at(20)), "a clock that was set back by an hour");
    }
}
