//! The core's errors as JavaScript errors with a stable `name`.

use js_sys::Reflect;
use unrolled_core::Error;
use wasm_bindgen::JsValue;

/// An `Error` whose `name` says which it is; a non-finite one has `layer`, `what`, `step` and
/// `iteration` besides.
pub fn to_js(error: Error) -> js_sys::Error {
    let js = js_sys::Error::new(&error.to_string());
    js.set_name(error.name());
    if let Error::NonFinite { layer, what, step, iteration } = error {
        set(&js, "layer", layer.into());
        set(&js, "what", what.into());
        set(&js, "step", step.map_or(JsValue::UNDEFINED, |step| JsValue::from(step as f64)));
        set(&js, "iteration", JsValue::from(iteration as f64));
    }
    js
}

fn set(error: &js_sys::Error, key: &str, value: JsValue) {
    // An error object takes any property; there is nothing to do if it does not.
    let _ = Reflect::set(error, &key.into(), &value);
}
