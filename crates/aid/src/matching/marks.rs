//! Marks of a search.

/// What one search has reached. A stamp instead of clearing: a search costs what it looks at.
pub(super) struct Marks {
    stamps: Vec<u32>,
    now: u32,
}

impl Marks {
    pub(super) fn new(len: usize) -> Self {
        Self {
            stamps: vec![0; len],
            now: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.now += 1;
    }

    /// Marks, and says whether it was new.
    pub(super) fn mark(&mut self, index: usize) -> bool {
        let new = self.stamps[index] != self.now;
        self.stamps[index] = self.now;
        new
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.stamps[index] == self.now
    }
}
