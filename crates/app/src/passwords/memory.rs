//! The memory that hashing fills.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;

/// One buffer for each hash that is computed at once. A buffer comes into being when it is first needed and is used
/// again and again: given back to the allocator, 19 MiB for each log-in stayed with the process in pieces and made it
/// grow by hundreds of megabytes.
pub(super) struct Buffers {
    blocks: usize,
    idle: Mutex<Vec<Vec<Block>>>,
}

impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").field("blocks", &self.blocks).finish_non_exhaustive()
    }
}

impl Buffers {
    /// Buffers of that many blocks of a kibibyte. There will be as many of them as are in use at once.
    pub(super) fn of(blocks: usize) -> Self {
        Self { blocks, idle: Mutex::default() }
    }

    /// Does the work in a buffer of at least that many blocks. What it leaves there is wiped: it would let whoever reads
    /// this process's memory test guesses at a fraction of their cost. A buffer in which the work panicked is not used
    /// again.
    pub(super) fn with<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        if blocks > self.blocks {
            // A hash of a dearer time: rare, because the log-in that needs it stores a new one.
            return work(&mut vec![Block::new(); blocks]);
        }
        let idle = self.idle().pop();
        let mut buffer = idle.unwrap_or_else(|| vec![Block::new(); self.blocks]);
        let outcome = work(&mut buffer);
        if let Some(used) = buffer.get_mut(..blocks) {
            used.fill(Block::new());
        }
        self.idle().push(buffer);
        outcome
    }

    /// Nobody panics while he holds it.
    fn idle(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(blocks: &mut [Block]) {
        for block in blocks {
            block.as_mut().fill(u64::MAX);
        }
    }

    fn is_clean(blocks: &[Block]) -> bool {
        blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    }

    #[test]
    fn a_buffer_is_used_again_and_holds_nothing_of_the_time_before() {
        let buffers = Buffers::of(16);
        let first = buffers.with(16, |blocks| {
            fill(blocks);
            blocks.as_ptr()
        });
        buffers.with(8, |blocks| {
            assert_eq!(blocks.as_ptr(), first);
            assert!(is_clean(blocks));
        });
        assert_eq!(buffers.idle().len(), 1);
    }

    #[test]
    fn as_many_buffers_stay_as_were_in_use_at_once() {
        let buffers = Buffers::of(8);
        buffers.with(8, |outer| buffers.with(8, |inner| assert_ne!(outer.as_ptr(), inner.as_ptr())));
        buffers.with(8, |_| ());
        buffers.with(100, |larger| assert_eq!(larger.len(), 100));
        assert_eq!(buffers.idle().len(), 2);
    }
}
