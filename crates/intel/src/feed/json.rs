//! One big JSON object with one big array: its records one at a time, so that one bad record costs one record.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read};
use std::marker::PhantomData;
use std::rc::Rc;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::input::Meter;
use super::{FeedError, Input};

/// The texts of the object's other fields that were asked for.
pub(crate) type Texts = BTreeMap<&'static str, String>;

/// Calls `each` with every element of the array called `array`; returns the texts of the fields in `wanted`.
pub(crate) fn each_record<R: Read>(
    input: &mut Input<R>,
    array: &'static str,
    wanted: &'static [&'static str],
    each: &mut dyn FnMut(&str),
) -> Result<Texts, FeedError> {
    let meter = input.meter();
    let mut walk = Walk { array, wanted, each, meter, count: 0, found: false };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(128 * 1024, &mut *input));
    let texts = json.deserialize_map(&mut walk).and_then(|texts| json.end().map(|()| texts));
    let (found, count) = (walk.found, walk.count);
    let part = if count == 0 { "the file".into() } else { format!("record {count} of {array}") };
    let texts = texts.map_err(|error| input.json_error(part, error))?;
    if found { Ok(texts) } else { Err(FeedError::Empty { file: input.name().into(), expected: array }) }
}

/// Calls `each` with the name and the text of every field of the one big object; `expected` says what they are.
pub(crate) fn each_field<R: Read>(
    input: &mut Input<R>,
    expected: &'static str,
    each: &mut dyn FnMut(&str, &str),
) -> Result<(), FeedError> {
    let meter = input.meter();
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(128 * 1024, &mut *input));
    let mut fields = Fields { each, meter, last: String::new() };
    let read = json.deserialize_map(&mut fields).and_then(|()| json.end());
    let last = fields.last;
    let part = if last.is_empty() { "the file".into() } else { format!("field {last:?}") };
    read.map_err(|error| input.json_error(part, error))?;
    if last.is_empty() { Err(FeedError::Empty { file: input.name().into(), expected }) } else { Ok(()) }
}

struct Fields<'f> {
    each: &'f mut dyn FnMut(&str, &str),
    meter: Rc<Meter>,
    /// The field that was read last, shortened.
    last: String,
}

impl<'de> Visitor<'de> for &mut Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.last = key.chars().take(40).collect();
            let value: Box<RawValue> = map.next_value()?;
            (self.each)(&key, value.get());
            self.meter.next_record();
        }
        Ok(())
    }
}

struct Walk<'w> {
    array: &'static str,
    wanted: &'static [&'static str],
    each: &'w mut dyn FnMut(&str),
    meter: Rc<Meter>,
    count: u64,
    found: bool,
}

impl<'de> Visitor<'de> for &mut Walk<'_> {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with {:?}", self.array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = Texts::new();
        while let Some(key) = map.next_key::<String>()? {
            self.meter.next_record();
            if key == self.array {
                map.next_value_seed(Records(self))?;
                self.found = true;
            } else if let Some(&wanted) = self.wanted.iter().find(|&&wanted| wanted == key) {
                let value: Box<RawValue> = map.next_value()?;
                let text = serde_json::from_str(value.get()).unwrap_or_default();
                texts.insert(wanted, text);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(texts)
    }
}

struct Records<'r, 'w>(&'r mut Walk<'w>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(record) = sequence.next_element::<Box<RawValue>>()? {
            self.0.count += 1;
            self.0.meter.next_record();
            (self.0.each)(record.get());
        }
        Ok(())
    }
}

/// A list, one thing in its place, or nothing.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(OneOrMany(PhantomData))
}

struct OneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or one thing of it")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        Ok(vec![T::deserialize(StrDeserializer::new(text))?])
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut things = Vec::new();
        while let Some(thing) = sequence.next_element()? {
            things.push(thing);
        }
        Ok(things)
    }
}
