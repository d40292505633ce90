//! Where everything stands in an index (docs/linking.md, "The file"). Numbers are little-endian.

/// First bytes of an index; the version is the last of them.
pub(crate) const MAGIC: &[u8; 16] = b"solferino-link-1";
/// Length of the header, in bytes.
pub(crate) const HEADER_BYTES: usize = 56;
/// Length of the SHA-256 at the end, in bytes.
pub(crate) const CHECKSUM_BYTES: usize = 32;
/// Length of one observable's row, in bytes: key, reference, day. They stand together because one read fetches all.
pub(crate) const ROW_BYTES: usize = 22;
/// Length of one case's row, in bytes.
pub(crate) const CASE_BYTES: usize = 16;
/// Marks a reference to a list of cases; without it the reference is the one case.
pub(crate) const LIST: u32 = 1 << 31;
/// The day of what nobody dated.
pub(crate) const NO_DAY: u16 = u16::MAX;
/// Most leading bits that tell buckets apart.
pub(crate) const MAX_BUCKET_BITS: u32 = 28;
/// How many observables a bucket holds on average, at most.
const BUCKET_OBSERVABLES: u64 = 8;

/// How many leading bits tell buckets apart for so many observables.
pub(crate) fn bucket_bits(observables: u64) -> u32 {
    let buckets = observables.div_ceil(BUCKET_OBSERVABLES).max(1);
    buckets
        .next_power_of_two()
        .trailing_zeros()
        .min(MAX_BUCKET_BITS)
}

/// The counts of the header, and the sections that follow from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) bucket_bits: u32,
    pub(crate) cases: u64,
    pub(crate) observables: u64,
    /// Length of all lists of cases, in words of four bytes.
    pub(crate) list_words: u64,
    /// Length of all names, in bytes.
    pub(crate) text_bytes: u64,
}

/// Where each section begins, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) buckets: usize,
    pub(crate) rows: usize,
    pub(crate) lists: usize,
    pub(crate) cases: usize,
    pub(crate) text: usize,
    pub(crate) checksum: usize,
    pub(crate) end: usize,
}

impl Layout {
    /// `None` if the file would not fit this machine's memory.
    pub(crate) fn places(&self) -> Option<Places> {
        let buckets = (1_u64 << self.bucket_bits) + 1;
        let after = |start: usize, count: u64, bytes: u64| {
            let length = count.checked_mul(bytes)?;
            start.checked_add(usize::try_from(length).ok()?)
        };
        let rows = after(HEADER_BYTES, buckets, 4)?;
        let lists = after(rows, self.observables, ROW_BYTES as u64)?;
        let cases = after(lists, self.list_words, 4)?;
        let text = after(cases, self.cases, CASE_BYTES as u64)?;
        let checksum = after(text, self.text_bytes, 1)?;
        Some(Places {
            buckets: HEADER_BYTES,
            rows,
            lists,
            cases,
            text,
            checksum,
            end: checksum.checked_add(CHECKSUM_BYTES)?,
        })
    }

    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..24].copy_from_slice(&u64::from(self.bucket_bits).to_le_bytes());
        bytes[24..32].copy_from_slice(&self.cases.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.observables.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.list_words.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.text_bytes.to_le_bytes());
        bytes
    }

    /// `None` if the bytes are no header of this version. Says nothing about the counts but that they are of one kind.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_BYTES)?.strip_prefix(MAGIC)?;
        let (words, _) = header.as_chunks::<8>();
        let word = |at: usize| words.get(at).map(|w| u64::from_le_bytes(*w));
        let layout = Self {
            bucket_bits: u32::try_from(word(0)?).ok()?,
            cases: word(1)?,
            observables: word(2)?,
            list_words: word(3)?,
            text_bytes: word(4)?,
        };
        let limit = u64::from(LIST);
        let fits = layout.bucket_bits == bucket_bits(layout.observables)
            && layout.cases < limit
            && layout.list_words < limit
            && layout.observables < limit;
        fits.then_some(layout)
    }
}
