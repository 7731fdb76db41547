/** English names come as they stand in a sentence; on their own they begin with a capital. */
export function capitalise(headings) {
  for (const heading of headings) {
    heading.name = heading.name[0].toUpperCase() + heading.name.slice(1);
    for (const category of heading.categories) {
      category.inline = category.name;
      category.name = category.name[0].toUpperCase() + category.name.slice(1);
    }
  }
}
