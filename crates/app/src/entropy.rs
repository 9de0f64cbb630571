//! The one room where random numbers are drawn.

use ef_domain::shared::Entropy;
use rand::TryRng;
use rand::rngs::SysRng;

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        SysRng.try_fill_bytes(bytes).expect("an operating system without random numbers cannot run a shop");
    }
}
