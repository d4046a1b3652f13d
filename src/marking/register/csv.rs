//! Reads the embedded tables: comma-separated, a header line, double quotes around fields that hold commas.

/// The rows of `table` after its header. Quotes are stripped; doubled quotes do not occur in these tables.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(fields)
}

fn fields(line: &'static str) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, tail) = match rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((field, after)) => (field, after.strip_prefix(',')),
            None => match rest.split_once(',') {
                Some((field, after)) => (field, Some(after)),
                None => (rest, None),
            },
        };
        fields.push(field);
        match tail {
            Some(tail) => rest = tail,
            None => return fields,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quoted_and_empty_fields() {
        let rows: Vec<_> = super::rows("h,h,h\na,\"b, c\",\nd,,e\n").collect();
        assert_eq!(rows, [["a", "b, c", ""], ["d", "", "e"]]);
    }
}
