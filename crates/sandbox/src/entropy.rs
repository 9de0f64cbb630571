//! Where the sandbox takes its random keys from: one room, so that nothing else draws dice.

use rand::RngExt as _;

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";

fn draw(alphabet: &[u8], length: usize) -> String {
    #[expect(clippy::disallowed_methods, reason = "this is the room where the sandbox draws random numbers")]
    let mut dice = rand::rng();
    (0..length).filter_map(|_| alphabet.get(dice.random_range(0..alphabet.len()))).copied().map(char::from).collect()
}

/// Letters of both cases and digits.
pub(crate) fn alphanumeric(length: usize) -> String {
    draw(ALPHANUMERIC, length)
}

/// Lower-case letters and digits.
pub(crate) fn lower(length: usize) -> String {
    draw(LOWER, length)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(length: usize) -> String {
    draw(HEX, length)
}

/// Decimal digits.
pub(crate) fn digits(length: usize) -> String {
    draw(DIGITS, length)
}

/// Sixteen bytes nobody can guess.
pub(crate) fn bytes() -> [u8; 16] {
    #[expect(clippy::disallowed_methods, reason = "this is the room where the sandbox draws random numbers")]
    rand::rng().random()
}
