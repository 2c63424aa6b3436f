//! Words of `wardround plan`: hours, people, a question of the kind "what if".

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use wardround_model::Role;

use super::{Format, Look};

#[derive(Debug, Args)]
pub(crate) struct PlanCommand {
    /// Hours at hand, for all people together: 6 or 1.5
    #[arg(long, value_name = "HOURS", default_value = "6")]
    pub(crate) hours: Minutes,
    /// How many of these hours each team has: biomed=2,network=4; all others share the rest
    #[arg(long, value_name = "TEAM=HOURS", value_delimiter = ',')]
    pub(crate) people: Vec<TeamHours>,
    #[command(flatten)]
    pub(crate) look: Look,
    /// Minutes that changes take in this hospital, in place of the defaults (docs/planning.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) efforts: Option<PathBuf>,
    /// Decide again by another table before planning: cisa, deployer, or a file (docs/planning.md)
    #[arg(long, value_name = "TABLE")]
    pub(crate) ssvc: Option<String>,
    /// Make no plan; say what would change: fix=F-..., isolate=DEVICE, retire=DEVICE or product=NAME
    #[arg(long, value_name = "WHAT")]
    pub(crate) what_if: Option<Question>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Hours, as minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Minutes(pub(crate) u32);

impl FromStr for Minutes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "hours look like 6 or 1.5".to_owned();
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let hours: u32 = whole.parse().map_err(|_| wrong())?;
        let hundredths: u32 =
            format!("{part:0<2}").get(..2).and_then(|part| part.parse().ok()).ok_or_else(wrong)?;
        Ok(Self(hours * 60 + hundredths * 60 / 100))
    }
}

/// A team and its minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TeamHours(pub(crate) Role, pub(crate) Minutes);

/// Short names of teams.
const SHORT: &[(&str, Role)] = &[
    ("biomed", Role::Biomedical),
    ("clinical", Role::ClinicalSystems),
    ("servers", Role::Server),
    ("helpdesk", Role::HelpDesk),
    ("building", Role::BuildingServices),
];

impl FromStr for TeamHours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (team, hours) = text.split_once('=').ok_or("a team and its hours look like network=4")?;
        let short = SHORT.iter().find(|(name, _)| *name == team).map(|(_, role)| *role);
        let role = short.or_else(|| Role::from_code(team)).ok_or_else(|| {
            let names: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
            format!("there is no such team; the teams are {}", names.join(", "))
        })?;
        Ok(Self(role, hours.parse()?))
    }
}

/// A question of the kind "what if".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Fix(String),
    Isolate(String),
    Retire(String),
    Product(String),
}

impl FromStr for Question {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (what, of) = text.split_once('=').unwrap_or((text, ""));
        let of = of.trim();
        let wrong =
            "a question looks like fix=F-1a2b3c, isolate=10.1.2.3, retire=A-1a2b3c or product=openssh";
        match what {
            _ if of.is_empty() => Err(wrong.to_owned()),
            "fix" => Ok(Self::Fix(of.to_owned())),
            "isolate" => Ok(Self::Isolate(of.to_owned())),
            "retire" => Ok(Self::Retire(of.to_owned())),
            "product" => Ok(Self::Product(of.to_owned())),
            _ => Err(wrong.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_teams_are_read() {
        let minutes = |text: &str| text.parse::<Minutes>().map(|minutes| minutes.0);
        assert_eq!([minutes("6"), minutes("1.5"), minutes("0.25")], [Ok(360), Ok(90), Ok(15)]);
        for wrong in ["", "-1", "6h", "1.", ".5", "99999", "1.2.3"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
        assert_eq!("biomed=2".parse(), Ok(TeamHours(Role::Biomedical, Minutes(120))));
        assert_eq!("help-desk=1".parse(), Ok(TeamHours(Role::HelpDesk, Minutes(60))));
        assert!("cooks=1".parse::<TeamHours>().is_err());
        assert!("network".parse::<TeamHours>().is_err());
    }

    #[test]
    fn questions_are_read() {
        assert_eq!("isolate=10.1.2.3".parse(), Ok(Question::Isolate("10.1.2.3".to_owned())));
        for wrong in ["isolate", "isolate=", "burn=10.1.2.3"] {
            assert!(wrong.parse::<Question>().is_err(), "{wrong}");
        }
    }
}
