#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tearline_fuzz::parse(data));
