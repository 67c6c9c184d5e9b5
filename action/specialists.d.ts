// specialists.yaml as scripts/bundle.ts puts it into the bundle: parsed, checked, as data.
declare module "*/specialists.yaml" {
  const specialists: import("../core/model/role.ts").SpecialistsWithSkills;
  export default specialists;
}
