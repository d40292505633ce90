#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| solferino_fuzz::formats::stix_bundle(bytes));
