//! Reader and writer against serde_json.

use super::*;

fn from_serde(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(value) => Value::Number(value.as_f64().unwrap()),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(list) => Value::List(list.iter().map(from_serde).collect()),
        serde_json::Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), from_serde(value))).collect())
        }
    }
}

/// The same as serde_json reads, or an error where it has one.
#[track_caller]
fn agrees(text: &str) {
    let reference = serde_json::from_str::<serde_json::Value>(text);
    match (parse(text), reference) {
        (Ok(ours), Ok(reference)) => assert_eq!(ours, from_serde(&reference), "{text}"),
        (Err(_), Err(_)) => {}
        (ours, reference) => panic!("{text}: {ours:?}, not {reference:?}"),
    }
}

#[test]
fn what_serde_json_reads_and_refuses_is_read_and_refused() {
    let values = "null true false 0 -0 1 -12.5 1e3 1E+3 25e-2 0.1 1e22 1e-22 123456789012345 \
                  9007199254740993 \"\" \"aü€😀\" \"\\\"\\\\\\/\\b\\f\\n\\r\\t\" \"\\u00e9\" \
                  \"\\ud83d\\ude00\" [] [1] [1,2] [[],[[]]] {} {\"a\":1} {\"a\":{\"b\":[null]}}";
    let wrong = "nul truee tru -- - + +1 01 -01 1. .1 1e 1e+ 1e400 0x1 NaN \" \"\\x\" \"\\u12\" \
                 \"\\u12g4\" \"\\ud83d\" \"\\ud83d\\n\" \"\\ud83d\\u0041\" \"\\ude00\" [ ] [1 [1,] \
                 [,1] [1,,2] [1] [1}] { } {\"a\"} {\"a\":} {\"a\":1,} {a:1} {\"a\":1]] {1:2} é ''";
    for text in values.split(' ').chain(wrong.split(' ')) {
        for text in [text.to_string(), format!(" {text}\r\n\t"), format!("[{text},{text}]")] {
            agrees(&text);
        }
    }
    for text in ["", " ", "1 2", "[1 2]", "\"a\nb\"", "\"\u{1}\"", "{\"a\" : 1 , \"b\" : [ ] }"] {
        agrees(text);
    }
}

#[test]
fn an_error_says_what_was_expected_and_where() {
    for (text, expected) in [
        ("", "expected a value at line 1, column 1"),
        ("{\n  \"ü\": tru}", "expected a value at line 2, column 8"),
        ("[1 2]", "expected `,` or `]` at line 1, column 4"),
        ("{\"a\":1\n;}", "expected `,` or `}` at line 2, column 1"),
        ("{\"a\";1}", "expected `:` at line 1, column 5"),
        ("{1:2}", "expected a field's name in quotes at line 1, column 2"),
        ("\"ab", "expected a closing `\"` at line 1, column 4"),
        ("1 2", "expected the end at line 1, column 3"),
        ("-a", "expected a digit at line 1, column 2"),
    ] {
        assert_eq!(parse(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn nesting_has_an_end() {
    for depth in [127, 128, 100_000] {
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(parse(&text).is_ok(), depth < 128, "{depth}");
    }
}

#[test]
fn the_last_of_two_fields_with_one_name_counts() {
    assert_eq!(parse(r#"{"a":1,"a":2}"#).unwrap().get("a"), Some(&Value::Number(2.0)));
}

#[test]
fn whole_numbers_are_told_from_others() {
    for (x, whole) in [
        (0.0, Some(0)),
        (9_007_199_254_740_991.0, Some(9_007_199_254_740_991)),
        (9_007_199_254_740_992.0, None),
        (0.5, None),
        (-1.0, None),
        (f64::MAX, None),
    ] {
        assert_eq!(Value::Number(x).as_whole(), whole, "{x}");
    }
}

#[test]
fn numbers_are_for_people() {
    for (x, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (0.001, "0.001"),
        (0.999, "0.999"),
        (1e-7, "1e-7"),
        (2.5e-8, "2.5e-8"),
        (100.0, "100"),
        (1234.5, "1234.5"),
        (16_777_216.0, "16777216"),
        (3e38, "3e38"),
        (f32::MAX, "3.4028235e38"),
        (f32::MIN_POSITIVE, "1.1754944e-38"),
        (f32::from_bits(1), "1e-45"),
        (f32::NAN, "NaN"),
        (f32::INFINITY, "inf"),
        (f32::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(number(x), text);
    }
    for (x, text) in
        [(1.5, "1.5"), (-0.1, "-0.1"), (1e300, "1e300"), (1.0 / 3.0, "0.333333333333333")]
    {
        assert_eq!(Value::Number(x).to_json(), text);
    }
}

#[test]
fn numbers_come_back_bit_by_bit_in_as_few_digits_as_rusts() {
    // A stride through all bit patterns.
    for bits in (0..0x7f80_0000).step_by(9973) {
        let x = f32::from_bits(bits);
        let text = x.to_json();
        let Value::Number(ours) = parse(&text).unwrap() else { panic!("{text}") };
        assert_eq!((ours as f32).to_bits(), bits, "{text}");
        assert_eq!((text.parse::<f64>().unwrap() as f32).to_bits(), bits, "{text}");
        let digits = |text: &str| {
            let digits = text.split('e').next().unwrap().replace('.', "");
            digits.trim_matches('0').len()
        };
        let rusts = format!("{x:e}");
        if digits(&text) != digits(&rusts) {
            // Only where Rust's text is halfway to the next number.
            let (value, next) = (f64::from(x), |bits| f64::from(f32::from_bits(bits)));
            let away = rusts.parse::<f64>().unwrap() - value;
            let halfway = [bits - 1, bits + 1].map(|bits| (next(bits) - value) / 2.0);
            assert!(halfway.contains(&away), "{text}, not {rusts}");
        }
    }
}

#[test]
fn text_is_escaped_as_any_reader_expects() {
    let text: String = (0..0x500).filter_map(char::from_u32).chain("\u{2028}😀".chars()).collect();
    assert_eq!(serde_json::from_str::<String>(&text.to_json()).unwrap(), text);
}

#[test]
fn commas_come_by_themselves() {
    let mut to = Writer::default();
    to.open('[');
    to.object(&[]);
    to.tagged("a{", &[("list", &vec![1usize, 2]), ("none", &None::<bool>)]);
    to.open('[');
    to.close(']');
    "[".write(&mut to);
    f32::NAN.write(&mut to);
    to.close(']');
    assert_eq!(to.finish(), r#"[{},{"type":"a{","list":[1,2],"none":null},[],"[",null]"#);
}

/// Random input; proptest's random source is not for wasm.
#[cfg(not(target_arch = "wasm32"))]
mod random {
    use proptest::prelude::*;

    use super::*;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            any::<f32>().prop_map(|x| f64::from(x).into()),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    /// Equal but for a relative error of numbers.
    fn near(a: &Value, b: &Value, error: f64) -> bool {
        let near = |a: &Value, b: &Value| near(a, b, error);
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => (a - b).abs() <= a.abs() * error,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && near(&a.1, &b.1))
            }
            _ => a == b,
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_as_serde_json_reads_it(value in json()) {
            let text = value.to_string();
            let ours = parse(&text).unwrap();
            prop_assert!(near(&ours, &from_serde(&value), 1e-15), "{text}: {ours:?}");
            let again = parse(&ours.to_json()).unwrap();
            prop_assert!(near(&again, &ours, 5.1e-15), "{text}: {again:?}");
        }

        #[test]
        fn damaged_json_is_refused_as_serde_json_refuses_it(
            value in json(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0e.\\-\\\\ ]",
        ) {
            let mut text: Vec<char> = value.to_string().chars().collect();
            let at = at.index(text.len());
            text[at] = with.chars().next().unwrap();
            let text: String = text.into_iter().collect();
            let reference = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parse(&text).is_ok(), reference.is_ok(), "{}", text);
        }

        #[test]
        fn a_number_of_up_to_15_digits_is_exact(digits in 0u64..1_000_000_000_000_000, e in -22i32..=22) {
            let text = format!("{digits}e{e}");
            prop_assert_eq!(parse(&text).unwrap(), Value::Number(text.parse().unwrap()));
        }

        #[test]
        fn any_text_gives_an_answer(text in ".*") {
            let _ = parse(&text);
        }
    }
}
