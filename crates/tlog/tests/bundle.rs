//! Entry bundles.

use solferino_tlog as tlog;
use tlog::{BundleError, MAX_ENTRY_BYTES, encode_entry_bundle, entry_places, parse_entry_bundle};

#[test]
fn a_bundle_is_lengths_and_entries() {
    let bytes = encode_entry_bundle(&[b"ab", b"", b"c"]).unwrap();
    assert_eq!(bytes, b"\x00\x02ab\x00\x00\x00\x01c");
    assert_eq!(
        parse_entry_bundle(&bytes, 3).unwrap(),
        [b"ab".to_vec(), vec![], b"c".to_vec()]
    );
}

#[test]
fn the_longest_entry_fits_and_one_byte_more_does_not() {
    let longest = vec![1; MAX_ENTRY_BYTES];
    let bytes = encode_entry_bundle(&[&longest]).unwrap();
    assert_eq!(parse_entry_bundle(&bytes, 1).unwrap(), [longest]);
    let too_long = vec![1; MAX_ENTRY_BYTES + 1];
    assert_eq!(
        encode_entry_bundle(&[b"", &too_long]),
        Err(BundleError::EntryTooLong {
            position: 1,
            length: 65_536
        })
    );
}

#[test]
fn a_bundle_holds_1_to_256_entries() {
    assert_eq!(
        encode_entry_bundle(&[]),
        Err(BundleError::Count { count: 0 })
    );
    let entries: Vec<&[u8]> = vec![b"e"; 257];
    assert_eq!(
        encode_entry_bundle(&entries),
        Err(BundleError::Count { count: 257 })
    );
    let full = encode_entry_bundle(&entries[..256]).unwrap();
    assert_eq!(parse_entry_bundle(&full, 256).unwrap().len(), 256);
    assert_eq!(
        parse_entry_bundle(&full, 257),
        Err(BundleError::Count { count: 257 })
    );
    assert_eq!(
        parse_entry_bundle(b"", 0),
        Err(BundleError::Count { count: 0 })
    );
}

#[test]
fn too_few_and_too_many_bytes_are_refused() {
    let bytes = encode_entry_bundle(&[b"ab", b"cd"]).unwrap();
    for length in 0..bytes.len() {
        let position = usize::from(length >= 4);
        assert_eq!(
            parse_entry_bundle(&bytes[..length], 2),
            Err(BundleError::Truncated { position })
        );
    }
    assert_eq!(
        parse_entry_bundle(&bytes, 1),
        Err(BundleError::TrailingBytes { length: 4 })
    );
    assert_eq!(entry_places(&bytes, 2), Ok(vec![2..4, 6..8]));
    assert_eq!(
        parse_entry_bundle(&bytes, 3),
        Err(BundleError::Truncated { position: 2 })
    );
}
