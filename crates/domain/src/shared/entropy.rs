//! Randomness, injected.

/// A source of random bytes that nobody can guess (in production: the operating system's).
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number from `0..bound`, without bias worth speaking of (bounds stay far below 2^63).
    pub fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes()) % bound.max(1)
    }

    /// Sixteen random bytes as 32 hexadecimal digits.
    pub fn hex_id(&self) -> String {
        super::hex(&self.bytes::<16>())
    }
}

/// Counts instead of guessing, for tests: every draw differs from the last.
#[cfg(any(test, feature = "mock"))]
#[derive(Debug, Default)]
pub struct CountingEntropy(std::sync::atomic::AtomicU64);

#[cfg(any(test, feature = "mock"))]
impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).wrapping_add(1);
        for (place, byte) in bytes.iter_mut().zip(count.to_le_bytes().into_iter().cycle()) {
            *place = byte;
        }
    }
}
