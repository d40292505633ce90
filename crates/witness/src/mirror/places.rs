//! How many uploads are under way at once: of all, and of one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Uploads under way at once; each holds its body, at most
/// [`MAX_UPLOAD_BYTES`](super::upload::MAX_UPLOAD_BYTES), in memory.
pub const MAX_OPEN_UPLOADS: usize = 8;
/// Uploads of one address under way at once.
pub const MAX_OPEN_OF_ONE: usize = 2;

/// The uploads under way, by address.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<BTreeMap<IpAddr, usize>>);

/// A place among them; given back when it goes.
#[derive(Debug)]
pub(super) struct Place {
    all: Arc<Places>,
    of: IpAddr,
}

impl Places {
    /// A place for an upload, if there is one for this address.
    pub(super) fn take(self: &Arc<Self>, client: IpAddr) -> Option<Place> {
        let of = server::rate::network(client);
        let mut open = self.open();
        let theirs = open.get(&of).copied().unwrap_or(0);
        if open.values().sum::<usize>() >= MAX_OPEN_UPLOADS || theirs >= MAX_OPEN_OF_ONE {
            return None;
        }
        open.insert(of, theirs + 1);
        let all = Arc::clone(self);
        Some(Place { all, of })
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        // Each change is whole by itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.all.open();
        let left = open.get(&self.of).map_or(0, |n| n.saturating_sub(1));
        if left == 0 {
            open.remove(&self.of);
        } else {
            open.insert(self.of, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_takes_all_places_and_each_is_given_back() {
        let places = Arc::new(Places::default());
        let take = |last: u8| places.take(IpAddr::from([10, 0, 0, last]));
        let mut held: Vec<_> = [take(1), take(1)].into_iter().flatten().collect();
        assert_eq!(held.len(), MAX_OPEN_OF_ONE);
        assert!(take(1).is_none(), "a third of one address");
        held.extend([2, 2, 3, 3, 4, 4].into_iter().filter_map(take));
        assert_eq!(held.len(), MAX_OPEN_UPLOADS);
        assert!(take(5).is_none(), "a ninth");
        held.remove(0);
        assert!(take(5).is_some());
        held.clear();
        assert!(places.open().is_empty());
    }
}
