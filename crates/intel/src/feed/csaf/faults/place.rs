//! A walk through a document that remembers where it is.

use serde_json::Value;

/// A value of the document and the way to it.
#[derive(Clone, Debug)]
pub(super) struct Place<'d> {
    value: &'d Value,
    path: String,
}

impl<'d> Place<'d> {
    pub(super) fn root(value: &'d Value) -> Self {
        Self { value, path: String::new() }
    }

    /// The way here, as a JSON pointer.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self { value, path: format!("{}/{name}", self.path) })
    }

    /// The field at the end of this way of names.
    pub(super) fn at(&self, names: &[&str]) -> Option<Self> {
        names.iter().try_fold(self.clone(), |place, name| place.field(name))
    }

    /// The items of the array in the field of this name; none when it is no array.
    pub(super) fn items(&self, name: &str) -> Vec<Self> {
        let Some(list) = self.field(name) else { return Vec::new() };
        let items = list.value.as_array().map_or(&[][..], Vec::as_slice);
        let item = |(at, value)| Self { value, path: format!("{}/{at}", list.path) };
        items.iter().enumerate().map(item).collect()
    }

    /// The fields, each with its name.
    pub(super) fn fields(&self) -> Vec<(&'d str, Self)> {
        let fields = self.value.as_object().into_iter().flatten();
        let place = |(name, value): (&'d String, &'d Value)| {
            (name.as_str(), Self { value, path: format!("{}/{name}", self.path) })
        };
        fields.map(place).collect()
    }

    /// The text here.
    pub(super) fn text(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// The text in the field of this name.
    pub(super) fn text_of(&self, name: &str) -> Option<&'d str> {
        self.value.get(name)?.as_str()
    }

    /// The number in the field of this name.
    pub(super) fn number_of(&self, name: &str) -> Option<f64> {
        self.value.get(name)?.as_f64()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }
}
