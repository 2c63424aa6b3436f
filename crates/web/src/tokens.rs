//! API tokens: what a program shows in place of a session. Each is somebody's, does no more than they may, and ends by itself.

use axum::http::{HeaderMap, header};
use wardround_model::Timestamp;
use wardround_store::{NewToken, Store, Token, TokenId};

use crate::codes::{self, hex};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::session::Person;
use crate::site::{Site, now};

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// What tokens begin with, so that programs that look for leaked secrets know one.
const MARK: &str = "wardround_";
/// The longest that a token works, in days.
pub(crate) const LONGEST_DAYS: i64 = 365;
/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 60;
/// Tokens that work, of one account.
pub(crate) const MOST: usize = 20;
/// That it was used is written down no more often than this.
const USED_EVERY: i64 = 60 * SECOND;

/// What a token is good for, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Numbers alone, and no device by name.
    Summary,
    /// All that is seen on pages, but for people and the log.
    Read,
    /// The same, and all that its owner may change, but for people.
    Write,
}

impl Scope {
    pub(crate) const ALL: &[Self] = &[Self::Read, Self::Summary, Self::Write];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.code() == code)
    }

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Summary => "Numbers alone, and no device by name",
            Self::Read => "Read devices, findings, conversations, rounds and work",
            Self::Write => "Read all that, and change what you may change",
        }
    }

    /// What it lets through, whatever its owner's role.
    pub(crate) fn permits(self, permission: Permission) -> bool {
        match self {
            Self::Summary => permission == Permission::SeeSummary,
            Self::Read => matches!(permission, Permission::SeeSummary | Permission::See),
            Self::Write => {
                use Permission as P;
                matches!(
                    permission,
                    P::SeeSummary
                        | P::See
                        | P::KeepViews
                        | P::Import
                        | P::RunRounds
                        | P::Answer
                        | P::Work
                        | P::SignOff
                        | P::AcceptRisk
                        | P::ChangeSettings
                )
            }
        }
    }
}

/// The digest that the store keeps.
fn digest(token: &str) -> String {
    codes::digest("token", token)
}

/// Makes a token; it is shown once.
pub(crate) async fn make(
    site: &Site,
    person: &Person,
    name: &str,
    scope: Scope,
    days: i64,
) -> Result<String, Problem> {
    let token = format!("{MARK}{}", hex(&site.keys.random::<32>().map_err(|_| Problem::Fault)?));
    let at = now();
    let new = NewToken {
        digest: digest(&token),
        account: person.account,
        name: name.to_owned(),
        scope: scope.code().to_owned(),
        made_at: at,
        until: Timestamp::from_nanoseconds(at.nanoseconds().saturating_add(days.saturating_mul(DAY))),
    };
    site.home.write(move |store| store.token_save(&new)).await?;
    Ok(token)
}

/// The tokens of a person that still work.
pub(crate) async fn working(site: &Site, person: &Person) -> Result<Vec<Token>, Problem> {
    let (account, at) = (person.account, now());
    let all = site.home.read(move |store| store.token_list(account)).await?;
    Ok(all.into_iter().filter(|token| token.works_at(at)).collect())
}

/// Ends one of them.
pub(crate) async fn end(site: &Site, person: &Person, id: TokenId) -> Result<bool, Problem> {
    let (account, at) = (person.account, now());
    let ended = site.home.write(move |store| store.token_end(id, account, at)).await?;
    site.token_ended();
    Ok(ended)
}

/// Who asks, where the token of this request works. Cookies are not looked at, so that no page of another site can ask here.
pub(crate) async fn find(site: &Site, headers: &HeaderMap) -> Result<Option<Person>, Problem> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = shown.and_then(bearer) else { return Ok(None) };
    let (key, at) = (digest(token), now());
    let Some((token, owner)) = site.home.read(move |store: &Store| store.token_find(&key)).await? else {
        return Ok(None);
    };
    let (role, scope) = (SiteRole::from_code(&owner.kept.role), Scope::from_code(&token.scope));
    let (Some(role), Some(scope)) = (role, scope) else { return Ok(None) };
    if !token.works_at(at) || !owner.is_open_at(at) {
        return Ok(None);
    }
    if token.used_at.is_none_or(|used| at.since(used) >= USED_EVERY) {
        let id = token.id;
        site.home.write_if_free(move |store| store.token_used(id, at)).await?;
    }
    Ok(Some(Person {
        account: owner.id,
        name: format!("{} ({})", owner.kept.name, token.id),
        role,
        form_token: String::new(),
        session: String::new(),
        scope: Some(scope),
        token: Some(token.id),
    }))
}

/// The token of a header (RFC 6750 section 2.1); the scheme's case does not matter (RFC 9110 section 11.1).
fn bearer(shown: &str) -> Option<&str> {
    let (scheme, token) = shown.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(MARK) && token.len() <= 200).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_lets_nothing_through_that_it_does_not_name() {
        use Permission as P;
        let changes = [
            P::KeepViews,
            P::Import,
            P::RunRounds,
            P::Answer,
            P::Work,
            P::SignOff,
            P::AcceptRisk,
            P::ChangeSettings,
        ];
        for scope in Scope::ALL {
            assert_eq!(Scope::from_code(scope.code()), Some(*scope));
            let writes = *scope == Scope::Write;
            assert!(changes.iter().all(|permission| scope.permits(*permission) == writes));
            assert!(!scope.permits(P::ManagePeople) && !scope.permits(P::SeeAudit));
        }
        assert!(!Scope::Summary.permits(P::See) && Scope::Read.permits(P::See));
    }

    #[test]
    fn only_our_tokens_are_looked_up() {
        assert_eq!(bearer("Bearer wardround_ab"), Some("wardround_ab"));
        assert_eq!(bearer("bearer  wardround_ab "), Some("wardround_ab"));
        for other in ["wardround_ab", "Basic wardround_ab", "Bearer other_ab", "Bearer "] {
            assert_eq!(bearer(other), None);
        }
        assert_eq!(bearer(&format!("Bearer wardround_{}", "a".repeat(300))), None);
    }
}
