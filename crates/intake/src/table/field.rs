//! What a column of a list can mean, in all lists together. Not here: which headings mean it; each list's module says that.

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        /// What a column means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Field { $($(#[doc = $doc])+ $name,)+ }

        impl Field {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in a person's mapping and in the dry run.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The field with this name.
            pub(crate) fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.code() == code)
            }
        }
    };
}

fields! {
    /// Host name of a device.
    Name = "name";
    /// Address of a device.
    Ip = "ip";
    /// Card of a device.
    Mac = "mac";
    /// Serial number.
    Serial = "serial";
    /// Inventory number.
    Tag = "tag";
    /// Maker.
    Maker = "maker";
    /// Model.
    Model = "model";
    /// Kind of device, in words.
    Type = "type";
    /// Version of the device's own software.
    Software = "software-version";
    /// Building, floor, room.
    Place = "place";
    /// Department or care area.
    Department = "department";
    /// In use, spare, in repair, retired.
    State = "state";
    /// End of the maker's support.
    SupportEnds = "support-ends";
    /// Last planned maintenance.
    Serviced = "serviced";
    /// Operating system.
    System = "system";
    /// Version of the operating system.
    SystemVersion = "system-version";
    /// Whether an account is switched on.
    Enabled = "enabled";
    /// Whether an account is switched off or blocked.
    Disabled = "disabled";
    /// Last logon.
    Logon = "logon";
    /// Distinguished name in a directory.
    Dn = "dn";
    /// Domain of a directory.
    Domain = "domain";
    /// Class of an object in a directory.
    ObjectClass = "object-class";
    /// Name of an account.
    Account = "account";
    /// Name of an account with its domain, as a mail address is written.
    Upn = "upn";
    /// When a password was set.
    PasswordSet = "password-set";
    /// Whether a password never expires.
    PasswordForever = "password-forever";
    /// Whether no password is needed.
    PasswordNotNeeded = "password-not-needed";
    /// Flags of an account as one number.
    ControlFlags = "control-flags";
    /// Groups or roles of an account.
    Groups = "groups";
    /// Whether a directory protects the account as one with wide rights.
    AdminCount = "admin-count";
    /// Names of services that run under the account.
    Services = "services";
    /// Whether a second factor is registered.
    FactorRegistered = "factor-registered";
    /// Whether a second factor is asked for.
    FactorState = "factor-state";
    /// Whether the account has wide rights.
    IsAdmin = "is-admin";
    /// Name of installed software.
    Product = "product";
    /// Its publisher.
    Publisher = "publisher";
    /// Its version.
    Version = "version";
    /// Number of an update.
    Update = "update";
    /// Title of an update.
    UpdateTitle = "update-title";
    /// Whether an update is needed or installed.
    UpdateState = "update-state";
    /// When updates were last checked.
    Checked = "checked";
    /// State of endpoint protection.
    Protection = "protection";
    /// Whether it watches at all times.
    RealTime = "real-time";
    /// When its definitions were renewed.
    Definitions = "definitions";
    /// Whether its definitions are current.
    UpToDate = "up-to-date";
    /// Whether its definitions are overdue.
    Overdue = "overdue";
    /// Whether it does less than it should.
    Reduced = "reduced-mode";
    /// Age of its definitions in days.
    DefinitionsAge = "definitions-age";
    /// When it last reported.
    Seen = "seen";
    /// Outcome of a backup job.
    Result = "result";
    /// When a backup last ended well.
    LastGood = "last-good";
    /// When a backup ended.
    Ended = "ended";
    /// When a restore was last tried.
    RestoreTried = "restore-tried";
    /// Whether a backup is kept offline.
    Offline = "offline";
    /// State of a lease or of an entry.
    LeaseState = "lease-state";
    /// When a lease ends.
    LeaseEnds = "lease-ends";
    /// How long a lease holds, in seconds.
    LeaseTime = "lease-time";
    /// Port of a switch, or interface of a router.
    Port = "port";
    /// Virtual network.
    Vlan = "vlan";
    /// Where packets of a rule come from.
    RuleSource = "rule-source";
    /// Where packets of a rule go.
    RuleTarget = "rule-target";
    /// How packets of a rule are carried.
    RuleProtocol = "rule-protocol";
    /// The ports of a rule.
    RulePort = "rule-port";
    /// Whether a rule lets packets through.
    RuleAction = "rule-action";
}

impl Field {
    /// Fields that hold a day or a moment.
    pub(super) const DATES: [Self; 11] = [
        Self::SupportEnds,
        Self::Serviced,
        Self::Logon,
        Self::PasswordSet,
        Self::Checked,
        Self::Definitions,
        Self::Seen,
        Self::Ended,
        Self::RestoreTried,
        Self::LeaseEnds,
        Self::LastGood,
    ];
}
