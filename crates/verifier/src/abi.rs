//! The module's exports. A caller asks for memory, writes the UTF-8 request there, calls a
//! function and reads the answer where the result says: address in the upper 32 bits, length in
//! the lower. It gives both back with `solferino_free`.

#![allow(unsafe_code)] // raw memory is the only thing a wasm32 module can share

use std::cell::RefCell;

use desk::Desk;

use crate::Opened;

thread_local! {
    /// The bundle opened last; a module has one thread.
    static OPENED: RefCell<Option<Opened>> = const { RefCell::new(None) };
    /// The docket opened last.
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

#[link(wasm_import_module = "solferino")]
unsafe extern "C" {
    /// Hears each check as it is made, as JSON; the text is gone after the call.
    fn told(at: u32, len: u32);
}

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

/// [`crate::open`]: verifies, tells each check as it is made, and keeps the bundle for
/// [`solferino_rerun`]; takes the request's memory. The answer is that of `solferino_verify`.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_open(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    let request = text(unsafe { take(at, len) });
    let opened = crate::open(&request, &mut |check| {
        let line = serde_json::to_string(check).unwrap_or_default();
        // SAFETY: the text lives until the call returns, and the caller only reads it.
        unsafe { told(line.as_ptr() as u32, line.len() as u32) };
    });
    match opened {
        Ok(opened) => {
            let answer = opened.answer().to_string();
            OPENED.replace(Some(opened));
            give(answer)
        }
        Err(answer) => {
            OPENED.replace(None);
            give(answer)
        }
    }
}

/// [`Opened::rerun`] of the bundle opened last; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_rerun(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    let request = text(unsafe { take(at, len) });
    let answer = OPENED.with_borrow(|opened| match opened {
        Some(opened) => opened.rerun(&request),
        None => r#"{"problem":"no bundle is open"}"#.to_owned(),
    });
    give(answer)
}

/// [`Desk::open`]: keeps the docket for the functions below; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_open(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    let opened = Desk::open(&text(unsafe { take(at, len) }));
    let answer = match &opened {
        Ok(desk) => desk.answer(),
        Err(problem) => serde_json::json!({"problem": problem}),
    };
    DESK.replace(opened.ok());
    give(answer.to_string())
}

/// A function of the docket opened last; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
unsafe fn at_desk(at: u32, len: u32, work: fn(&Desk, &str) -> String) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    let request = text(unsafe { take(at, len) });
    let answer = DESK.with_borrow(|desk| match desk {
        Some(desk) => work(desk, &request),
        None => r#"{"problem":"no docket is open"}"#.to_owned(),
    });
    give(answer)
}

/// [`Desk::next`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_next(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::next) }
}

/// [`Desk::draft`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_draft(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::draft) }
}

/// [`Desk::finish`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_finish(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::finish) }
}

/// [`Desk::handing`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_handing(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::handing) }
}

/// [`Desk::mask`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_mask(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::mask) }
}

/// [`Desk::packet`].
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_packet(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    unsafe { at_desk(at, len, Desk::packet) }
}

/// [`desk::check_receipt`]; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_receipt(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    give(desk::check_receipt(&text(unsafe { take(at, len) })))
}

/// [`desk::vkey`]; takes the request's memory.
///
/// # Safety
/// As [`solferino_free`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn solferino_desk_vkey(at: u32, len: u32) -> u64 {
    // SAFETY: the caller hands over the request it has written.
    give(desk::vkey(&text(unsafe { take(at, len) })))
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
