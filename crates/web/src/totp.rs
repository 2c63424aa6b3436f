//! The second factor: time-based one-time codes (RFC 6238) of six digits, a new one each 30 seconds, HMAC-SHA-1, as every
//! authenticator app has them.

use ring::hmac;
use wardround_model::Timestamp;

/// Seconds that a code is shown for.
const STEP: i64 = 30;
/// Steps before and after now whose codes are taken: clocks differ, and typing takes time (RFC 6238, 5.2).
const SKEW: i64 = 1;

/// The step whose code this is, if it is one of now.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let current = now.seconds().div_euclid(STEP);
    // All are worked out, so that time tells nothing; digests are compared in constant time.
    let typed = blake3::hash(code.as_bytes());
    let fits = |step: &i64| blake3::hash(self::code(secret, *step).as_bytes()) == typed;
    let steps: Vec<i64> = (current - SKEW..=current + SKEW).filter(fits).collect();
    steps.last().copied()
}

/// The code of a step (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let digest = hmac::sign(&key, &step.to_be_bytes());
    let bytes = digest.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let four = bytes.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// What an authenticator app reads (Key URI format): for a picture, or to open on a phone.
pub(crate) fn uri(secret: &str, host: &str) -> String {
    format!("otpauth://totp/Wardround:{host}?secret={secret}&issuer=Wardround")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(secret, seconds / STEP), expected);
        }
    }

    #[test]
    fn a_code_holds_a_step_longer_and_no_more() {
        let secret = b"12345678901234567890";
        let at = |seconds| Timestamp::from_seconds(seconds);
        assert_eq!(step_of(secret, "287082", at(59)), Some(1));
        assert_eq!(step_of(secret, "287082", at(89)), Some(1));
        assert_eq!(step_of(secret, "287082", at(90)), None);
        assert_eq!(step_of(secret, "28708", at(59)), None);
        assert_eq!(step_of(secret, "", at(59)), None);
    }
}
