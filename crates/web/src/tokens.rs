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
/// The longest that one works that looks after people and settings, in days.
pub(crate) const LONGEST_DAYS_OF_ADMINISTERING: i64 = 7;
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
    /// The same, and all that its owner may change, but for people and settings.
    Write,
    /// The log alone.
    Log,
    /// People and settings, and no device by name.
    Administer,
}

impl Scope {
    pub(crate) const ALL: &[Self] = &[Self::Read, Self::Summary, Self::Write, Self::Log, Self::Administer];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Read => "read",
            Self::Write => "write",
            Self::Log => "log",
            Self::Administer => "administer",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.code() == code)
    }

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Summary => "Numbers alone, and no device by name",
            Self::Read => "Read devices, findings, conversations, rounds and work",
            Self::Write => "Read all that, and change what you may change, but for people and settings",
            Self::Log => "Read the log alone",
            Self::Administer => "Look after people and settings, for a week at most",
        }
    }

    /// Whether somebody of this role may make a token of it: it must be good for something that only its kind is for.
    pub(crate) fn may_be_given_by(self, role: SiteRole) -> bool {
        match self {
            Self::Summary | Self::Read | Self::Write => true,
            Self::Log => role.may(Permission::SeeAudit),
            Self::Administer => role.may(Permission::ManagePeople),
        }
    }

    /// The longest that a token of it works, in days.
    pub(crate) const fn longest_days(self) -> i64 {
        match self {
            Self::Administer => LONGEST_DAYS_OF_ADMINISTERING,
            _ => LONGEST_DAYS,
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
                        | P::StopAsking
                        | P::EndTokens
                )
            }
            Self::Log => permission == Permission::SeeAudit,
            Self::Administer => {
                use Permission as P;
                matches!(permission, P::SeeSummary | P::ManagePeople | P::ChangeSettings | P::EndTokens)
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
            P::StopAsking,
            P::KeepViews,
            P::Import,
            P::RunRounds,
            P::Answer,
            P::Work,
            P::SignOff,
            P::AcceptRisk,
        ];
        for scope in Scope::ALL {
            assert_eq!(Scope::from_code(scope.code()), Some(*scope));
            let (writes, administers) = (*scope == Scope::Write, *scope == Scope::Administer);
            assert!(changes.iter().all(|permission| scope.permits(*permission) == writes));
            assert!(!scope.permits(P::Ask) && !scope.permits(P::ApproveAsking));
            assert_eq!(scope.permits(P::ManagePeople), administers);
            assert_eq!(scope.permits(P::ChangeSettings), administers);
            assert_eq!(scope.permits(P::EndTokens), writes || administers);
            assert_eq!(scope.permits(P::SeeAudit), *scope == Scope::Log);
        }
        assert!(!Scope::Summary.permits(P::See) && Scope::Read.permits(P::See));
        assert!(!Scope::Log.permits(P::SeeSummary) && !Scope::Administer.permits(P::See));
    }

    #[test]
    fn only_an_administrator_gives_a_token_that_looks_after_people_and_only_for_a_week() {
        for role in SiteRole::ALL {
            let (administers, sees) = (*role == SiteRole::Administrator, role.may(Permission::SeeAudit));
            assert_eq!(Scope::Administer.may_be_given_by(*role), administers);
            assert_eq!(Scope::Log.may_be_given_by(*role), sees);
        }
        assert_eq!((Scope::Administer.longest_days(), Scope::Write.longest_days()), (7, 365));
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
