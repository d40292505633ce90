//! The command by which the operator says whose an object is; what follows from it is tested where objects are written.

use crate::founding::founded;
use crate::support::run_in;

#[test]
fn an_object_is_given_to_a_current_member_and_to_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let assign = |args: &[&str]| run_in(dir, &[&["taxii", "assign", "ours"], args].concat());
    let objects = [
        "tool--00000001-0000-4000-8000-000000000000",
        "tool--00000002-0000-4000-8000-000000000000",
    ];
    let out = assign(&["registrar", objects[0], objects[1]]).code(0);
    for object in objects {
        assert!(
            out.contains(&format!("{object}: registrar brings it")),
            "{out}"
        );
    }
    assert_eq!(out.matches("taken out: 0").count(), 2, "{out}");
    assign(&["registrar", objects[0], "--collection", "sightings"]).code(0);
    let nobody = assign(&["nobody", objects[0]]).code_err(1);
    assert!(nobody.contains("no current member"), "{nobody}");
    assign(&["registrar"]).code(2);
    assign(&["registrar", objects[0], "--collection", "findings"]).code(2);
}
