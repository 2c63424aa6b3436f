//! Who may do what: roles of the site, and what each is permitted. What is not named here is refused.

/// The role of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SiteRole {
    /// Runs the site: people, settings, and everything else.
    Administrator,
    /// Looks after security.
    Security,
    /// Owns medical devices.
    Biomedical,
    /// Owns the network and its servers.
    Network,
    /// Proves to others what is done.
    Compliance,
    /// Checks it from outside: reads, until a day.
    Auditor,
    /// Sees the summary.
    Board,
}

impl SiteRole {
    /// All roles, the most powerful first.
    pub const ALL: &[Self] = &[
        Self::Administrator,
        Self::Security,
        Self::Biomedical,
        Self::Network,
        Self::Compliance,
        Self::Auditor,
        Self::Board,
    ];

    /// The code that the store keeps.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Security => "security",
            Self::Biomedical => "biomedical",
            Self::Network => "network",
            Self::Compliance => "compliance",
            Self::Auditor => "auditor",
            Self::Board => "board",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|role| role.code() == code).copied()
    }

    /// What it is called on pages.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Security => "Security",
            Self::Biomedical => "Biomedical engineering",
            Self::Network => "Network and servers",
            Self::Compliance => "Compliance",
            Self::Auditor => "Auditor",
            Self::Board => "Board",
        }
    }

    /// What it may do, in a sentence.
    #[must_use]
    pub fn may_in_words(self) -> &'static str {
        match self {
            Self::Administrator => "Does everything, and looks after people and settings.",
            Self::Security => {
                "Sees everything, runs rounds, asks hosts, works on what was found, and accepts risks."
            }
            Self::Biomedical => {
                "Sees everything, adds lists, works on medical devices, and records a clinical owner's word."
            }
            Self::Network => "Sees everything, runs rounds, asks hosts, and works on the network.",
            Self::Compliance => {
                "Sees everything and the log, accepts risks, and records a clinical owner's word."
            }
            Self::Auditor => "Sees everything and the log until a day, and changes nothing.",
            Self::Board => "Sees the summary.",
        }
    }

    /// Whether it is permitted.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Administrator => true,
            _ if permission == P::EndTokens => true,
            Self::Security => !matches!(permission, P::ManagePeople | P::ChangeSettings | P::SignOff),
            Self::Biomedical => {
                matches!(
                    permission,
                    P::SeeSummary
                        | P::See
                        | P::KeepViews
                        | P::Import
                        | P::Answer
                        | P::Work
                        | P::SignOff
                        | P::ApproveAsking
                        | P::StopAsking
                )
            }
            Self::Network => {
                matches!(
                    permission,
                    P::SeeSummary
                        | P::See
                        | P::KeepViews
                        | P::Import
                        | P::RunRounds
                        | P::Answer
                        | P::Work
                        | P::Ask
                        | P::ApproveAsking
                        | P::StopAsking
                )
            }
            Self::Compliance => {
                matches!(
                    permission,
                    P::SeeSummary
                        | P::See
                        | P::KeepViews
                        | P::SeeAudit
                        | P::Answer
                        | P::Work
                        | P::SignOff
                        | P::AcceptRisk
                        | P::StopAsking
                )
            }
            Self::Auditor => matches!(permission, P::SeeSummary | P::See | P::SeeAudit),
            Self::Board => permission == P::SeeSummary,
        }
    }
}

/// What a route may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See how it stands: numbers, and no device by name.
    SeeSummary,
    /// See devices, findings, conversations and rounds.
    See,
    /// Save views of lists, for oneself and for others.
    KeepViews,
    /// Add and forget lists and captures.
    Import,
    /// Run a round.
    RunRounds,
    /// Say something of a device.
    Answer,
    /// Work on tasks.
    Work,
    /// Record that a device's clinical owner agrees with work on it.
    SignOff,
    /// Accept a risk for a time.
    AcceptRisk,
    /// Read the log.
    SeeAudit,
    /// Invite people and close accounts.
    ManagePeople,
    /// Change the site's settings.
    ChangeSettings,
    /// See one's own tokens, and end them.
    EndTokens,
    /// Say what may be asked, plan questions to hosts, put them, and allow them again after a stop.
    Ask,
    /// Approve questions to hosts.
    ApproveAsking,
    /// Stop questions to hosts.
    StopAsking,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_roles() {
        for role in SiteRole::ALL {
            assert_eq!(SiteRole::from_code(role.code()), Some(*role));
        }
        assert_eq!(SiteRole::from_code("root"), None);
    }
}
