//! The keys that signed the statements of a record.

use hashbrown::HashTable;

use super::statements::place;
use crate::ids::Vkey;

/// Every key that signed, with numbers from 0.
#[derive(Clone, Default)]
pub(super) struct Signers {
    keys: Vec<Signer>,
    numbers: HashTable<u32>,
}

#[derive(Clone)]
pub(super) struct Signer {
    pub(super) key: Vkey,
    /// The first row that is a report signed by it.
    pub(super) first_report: Option<usize>,
}

impl Signers {
    pub(super) fn find(&self, key: &Vkey) -> Option<u32> {
        let same = |at: &u32| self.keys.get(*at as usize).is_some_and(|s| s.key == *key);
        self.numbers.find(key_slot(key), same).copied()
    }

    pub(super) fn number(&mut self, key: &Vkey) -> u32 {
        if let Some(number) = self.find(key) {
            return number;
        }
        let number = place(self.keys.len());
        self.keys.push(Signer {
            key: key.clone(),
            first_report: None,
        });
        let keys = &self.keys;
        let again = |at: &u32| keys.get(*at as usize).map_or(0, |s| key_slot(&s.key));
        self.numbers.insert_unique(key_slot(key), number, again);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Signer> {
        self.keys.get(number as usize)
    }

    pub(super) fn note_report(&mut self, number: u32, at: usize) {
        if let Some(signer) = self.keys.get_mut(number as usize) {
            signer.first_report.get_or_insert(at);
        }
    }

    /// The same keys, before any report.
    pub(super) fn without_reports(&self) -> Self {
        let mut signers = self.clone();
        signers.keys.iter_mut().for_each(|s| s.first_report = None);
        signers
    }
}

fn key_slot(key: &Vkey) -> u64 {
    Vkey::slot_of(key.as_str())
}
