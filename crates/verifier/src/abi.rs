//! The module's exports. A caller asks for memory, writes the UTF-8 request there, calls a
//! function and reads the answer where the result says: address in the upper 32 bits, length in
//! the lower. It gives both back with `solferino_free`.

#![allow(unsafe_code)] // raw memory is the only thing a wasm32 module can share

/// Memory for a request of `len` bytes.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn solferino_alloc(len: u32) -> u32 {
    let bytes = vec![0u8; len as usize].into_boxed_slice();
    Box::into_raw(bytes) as *mut u8 as u32
}

/// Gives memory back.
///
/// # Safety
/// `at` and `len` are those of one `solferino_alloc` or of one answer, given back once.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_free(at: u32, len: u32) {
    // SAFETY: by the contract above this is exactly one boxed slice that nobody else holds.
    drop(unsafe { take(at, len) });
}

/// [`crate::verify`]; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_verify(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    give(crate::verify(&text(unsafe { take(at, len) })))
}

/// [`crate::replay`]; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_replay(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    give(crate::replay(&text(unsafe { take(at, len) })))
}

/// # Safety
/// As [`solferino_free`].
unsafe fn take(at: u32, len: u32) -> Box<[u8]> {
    // SAFETY: by contract, made by `Box::into_raw` with this length and not freed since.
    unsafe {
        Box::from_raw(core::ptr::slice_from_raw_parts_mut(
            at as *mut u8,
            len as usize,
        ))
    }
}

fn text(bytes: Box<[u8]>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn give(answer: String) -> u64 {
    let bytes = answer.into_bytes().into_boxed_slice();
    let len = bytes.len() as u64;
    let at = Box::into_raw(bytes) as *mut u8 as u32;
    (u64::from(at) << 32) | len
}
