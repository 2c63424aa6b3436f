//! Closed lists of values with a code each: the same name in the store, in JSON and in options.

/// An enum with `ALL`, `code` and `from_code`; where a text stands behind the codes, also with a method that gives it.
///
/// ```text
/// coded! {
///     /// What to do.
///     enum Decision, label {
///         /// Nothing beyond the usual updates.
///         Track = "track", "Track";
///     }
/// }
/// ```
macro_rules! coded {
    ($(#[doc = $doc:literal])+ enum $name:ident { $($(#[doc = $value_doc:literal])+ $value:ident = $code:literal;)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $value_doc])+ $value,)+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// Its name in the store, JSON and options.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code,)+ }
            }

            /// The value with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
    (
        $(#[doc = $doc:literal])+
        enum $name:ident, label { $($(#[doc = $value_doc:literal])+ $value:ident = $code:literal, $label:literal;)+ }
    ) => {
        coded! { $(#[doc = $doc])+ enum $name { $($(#[doc = $value_doc])+ $value = $code;)+ } }

        impl $name {
            /// Its name for people.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$value => $label,)+ }
            }
        }
    };
}

pub(crate) use coded;

#[cfg(test)]
mod tests {
    use crate::*;

    #[test]
    fn codes_are_unique_and_found_again() {
        macro_rules! check {
            ($($name:ident)+) => { $(for value in $name::ALL {
                assert_eq!($name::from_code(value.code()), Some(*value));
            })+ };
        }
        check!(FindingChange AssetChange RuleProtocol SourceKind Area CareRole Role VexStatus Justification MakerPosition Protocol SkipReason DeviceClass WeakSetting Grade Decision MissionWellbeing Exploitation Automatable TechnicalImpact FactKind);
        assert_eq!(Protocol::from_code("gopher"), None);
    }
}
