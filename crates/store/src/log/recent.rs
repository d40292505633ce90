//! What was published last, as the views want it, so that they need not read it again.

use std::collections::VecDeque;

use crate::sequencer::MAX_BATCH;
use crate::views::rows::Stated;

/// Statements kept, at most: three batches. Whoever is further behind reads the log.
const MAX_RECENT: usize = 3 * MAX_BATCH;

/// The last statements of the published log.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// Entries before the first.
    first: u64,
    statements: VecDeque<Stated>,
}

impl Recent {
    /// Nothing yet of a log of so many entries.
    pub(crate) fn after(size: u64) -> Self {
        Self {
            first: size,
            statements: VecDeque::new(),
        }
    }

    /// Adds the next statement; forgets the oldest where there are too many.
    pub(super) fn push(&mut self, stated: Stated) {
        if self.statements.len() == MAX_RECENT {
            self.statements.pop_front();
            self.first += 1;
        }
        self.statements.push_back(stated);
    }

    /// Index of the first statement that is here.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Every statement from this index on; nothing if some of them are not here any more.
    pub(crate) fn since(&self, index: u64) -> Option<impl Iterator<Item = &Stated>> {
        let skipped = index.checked_sub(self.first)?;
        Some(self.statements.iter().skip(usize::try_from(skipped).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::statement::Statement;
    use record::time::Timestamp;

    fn stated(n: i64) -> Stated {
        let flood = rehearsal::Flood::new("log.example/recent", moment(0)).unwrap();
        let entry = flood.report(0).unwrap();
        Stated::of(&Statement::parse(&entry).unwrap(), moment(n))
    }

    fn moment(n: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_400_000_000 + n).unwrap()
    }

    #[test]
    fn only_what_is_whole_is_given() {
        let mut recent = Recent::after(7);
        let one = stated(0);
        (0..3).for_each(|_| recent.push(one.clone()));
        assert!(recent.since(6).is_none());
        let count = |recent: &Recent, from| recent.since(from).map(Iterator::count);
        assert_eq!((count(&recent, 7), count(&recent, 9)), (Some(3), Some(1)));
        assert_eq!(count(&recent, 10), Some(0));
        for _ in 0..MAX_RECENT {
            recent.push(one.clone());
        }
        assert_eq!(recent.first(), 10);
        assert_eq!(count(&recent, 9), None);
        assert_eq!(count(&recent, 10), Some(MAX_RECENT));
    }
}
