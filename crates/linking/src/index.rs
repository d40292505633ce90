//! An index over its bytes as they are: opened, checked whole once, then asked.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::key::Key;
use crate::layout::{CASE_BYTES, LIST, Layout, MAGIC, NO_DAY, Places, ROW_BYTES};

/// Why bytes are not an index that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Something else, or an index of a version this program does not read.
    #[error("not an index of links, or of another version; build it again")]
    NotAnIndex,
    /// More or fewer bytes than the header says.
    #[error("the index is {found} bytes long and should be {expected}; it was cut or added to")]
    Length {
        /// By the header.
        expected: u64,
        /// In fact.
        found: u64,
    },
    /// A byte was changed.
    #[error("the index does not have its checksum; it was damaged, build it again")]
    Checksum,
    /// The checksum fits, but what it covers makes no sense.
    #[error("the index contradicts itself ({0}); build it again")]
    Contradiction(&'static str),
}

/// A case of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many different observables it holds.
    pub observables: u32,
    /// The earliest day something of it is dated to, in days from 1970-01-01.
    pub day: Option<u16>,
}

/// An index over its bytes.
pub struct Index<B> {
    pub(crate) bytes: B,
    pub(crate) layout: Layout,
    pub(crate) places: Places,
}

impl<B: AsRef<[u8]>> std::fmt::Debug for Index<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({:?})", self.layout)
    }
}

impl<B: AsRef<[u8]>> Index<B> {
    /// Opens an index and checks all of it, so that no question can fail afterwards.
    ///
    /// # Errors
    /// [`OpenError`]: the bytes were cut, changed, or made by something else.
    pub fn open(bytes: B) -> Result<Self, OpenError> {
        let all = bytes.as_ref();
        if !all.starts_with(MAGIC) {
            return Err(OpenError::NotAnIndex);
        }
        let layout = Layout::from_bytes(all).ok_or(OpenError::Contradiction("header"))?;
        let places = layout.places();
        let places = places.ok_or(OpenError::Contradiction("header"))?;
        if all.len() != places.end {
            return Err(OpenError::Length {
                expected: places.end as u64,
                found: all.len() as u64,
            });
        }
        if Sha256::digest(&all[..places.checksum])[..] != all[places.checksum..] {
            return Err(OpenError::Checksum);
        }
        let index = Self {
            bytes,
            layout,
            places,
        };
        index.check().map_err(OpenError::Contradiction)?;
        Ok(index)
    }

    /// How many cases it knows.
    pub fn cases(&self) -> u32 {
        // The header bounds it.
        self.layout.cases as u32
    }

    /// How many different observables it knows.
    pub fn observables(&self) -> u64 {
        self.layout.observables
    }

    /// Its checksum.
    pub fn sha256(&self) -> [u8; 32] {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&self.bytes.as_ref()[self.places.checksum..]);
        sha256
    }

    /// A case by its number, which is the place of its name among all names.
    ///
    /// # Panics
    /// If the number is not below [`Index::cases`].
    pub fn case(&self, case: u32) -> Case<'_> {
        let row = self.places.cases + case as usize * CASE_BYTES;
        let start = match case {
            0 => 0,
            _ => self.u64_at(row - CASE_BYTES),
        };
        let name = start as usize..self.u64_at(row) as usize;
        let name = &self.bytes.as_ref()[self.places.text..self.places.checksum][name];
        let day = u16::try_from(self.u32_at(row + 12)).unwrap_or(NO_DAY);
        Case {
            // Checked when the index was opened.
            name: std::str::from_utf8(name).unwrap_or_default(),
            observables: self.u32_at(row + 8),
            day: (day != NO_DAY).then_some(day),
        }
    }

    /// The number of the case of this name.
    pub fn case_named(&self, name: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.cases());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.case(middle).name.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub(crate) fn u32_at(&self, at: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.bytes.as_ref()[at..at + 4]);
        u32::from_le_bytes(word)
    }

    fn u64_at(&self, at: usize) -> u64 {
        let mut word = [0; 8];
        word.copy_from_slice(&self.bytes.as_ref()[at..at + 8]);
        u64::from_le_bytes(word)
    }

    pub(crate) fn key(&self, slot: usize) -> Key {
        let at = self.places.rows + slot * ROW_BYTES;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.bytes.as_ref()[at..at + 16]);
        Key::from_bytes(bytes)
    }

    /// The slots a key may be in.
    pub(crate) fn slots(&self, key: Key) -> Range<usize> {
        let at = self.places.buckets + key.bucket(self.layout.bucket_bits) * 4;
        self.u32_at(at) as usize..self.u32_at(at + 4) as usize
    }

    pub(crate) fn reference(&self, slot: usize) -> u32 {
        self.u32_at(self.places.rows + slot * ROW_BYTES + 16)
    }

    pub(crate) fn day(&self, slot: usize) -> Option<u16> {
        let at = self.places.rows + slot * ROW_BYTES + 20;
        let mut word = [0; 2];
        word.copy_from_slice(&self.bytes.as_ref()[at..at + 2]);
        let day = u16::from_le_bytes(word);
        (day != NO_DAY).then_some(day)
    }

    /// How many cases a reference stands for.
    pub(crate) fn holding(&self, reference: u32) -> u32 {
        if reference & LIST == 0 {
            return 1;
        }
        self.u32_at(self.places.lists + (reference & !LIST) as usize * 4)
    }

    /// The `nth` case of a reference.
    pub(crate) fn holder(&self, reference: u32, nth: u32) -> u32 {
        if reference & LIST == 0 {
            return reference;
        }
        let word = (reference & !LIST) as usize + 1 + nth as usize;
        self.u32_at(self.places.lists + word * 4)
    }

    /// Whether every question will find what it needs where it needs it.
    fn check(&self) -> Result<(), &'static str> {
        self.check_cases()?;
        self.check_keys()?;
        let cases = self.cases();
        let mut word = 0_u64;
        let mut held = vec![0_u32; cases as usize];
        for slot in 0..self.layout.observables as usize {
            let reference = self.reference(slot);
            if reference & LIST != 0 {
                // Lists follow each other without gaps, in the order of the observables.
                if u64::from(reference & !LIST) != word || word >= self.layout.list_words {
                    return Err("a list of cases is not where it should be");
                }
                let length = self.holding(reference);
                word += 1 + u64::from(length);
                if length < 2 || word > self.layout.list_words {
                    return Err("a list of cases has no possible length");
                }
            }
            let mut before = None;
            for nth in 0..self.holding(reference) {
                let case = self.holder(reference, nth);
                if case >= cases || before.is_some_and(|before| before >= case) {
                    return Err("an observable names a case that cannot be");
                }
                held[case as usize] += 1;
                before = Some(case);
            }
        }
        if word != self.layout.list_words {
            return Err("lists of cases without an observable");
        }
        let counted = |case: u32| self.case(case).observables == held[case as usize];
        if !(0..cases).all(counted) {
            return Err("a case does not have as many observables as it says");
        }
        Ok(())
    }

    fn check_cases(&self) -> Result<(), &'static str> {
        let text = &self.bytes.as_ref()[self.places.text..self.places.checksum];
        let mut start = 0;
        let mut before: &[u8] = &[];
        for case in 0..self.cases() as usize {
            let end = self.u64_at(self.places.cases + case * CASE_BYTES);
            let end = usize::try_from(end).map_err(|_| "a name ends nowhere")?;
            let name = text.get(start..end).ok_or("a name ends nowhere")?;
            // The first name comes after the empty one, so none is empty.
            if name <= before || std::str::from_utf8(name).is_err() {
                return Err("the names of cases are not in order");
            }
            (start, before) = (end, name);
        }
        if start != text.len() {
            return Err("text that is no name");
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<(), &'static str> {
        let bits = self.layout.bucket_bits;
        let wrong = "the observables are not in order";
        let mut slot = 0;
        let mut before = None;
        for bucket in 0..1_usize << bits {
            let at = self.places.buckets + bucket * 4;
            let (start, end) = (self.u32_at(at) as usize, self.u32_at(at + 4) as usize);
            if start != slot || end < start || end as u64 > self.layout.observables {
                return Err(wrong);
            }
            for slot in start..end {
                let key = self.key(slot);
                if key.bucket(bits) != bucket || before.is_some_and(|before| before >= key) {
                    return Err(wrong);
                }
                before = Some(key);
            }
            slot = end;
        }
        if slot as u64 != self.layout.observables {
            return Err(wrong);
        }
        Ok(())
    }
}
