/**
 * What docs/errors.md says of each code: its paragraphs "When" and "Do", without their JSON.
 * @param {string} markdown
 * @returns {Record<string, string>} paragraphs are separated by an empty line
 */
export function errorTexts(markdown) {
  const sections = markdown.split(/^### /m).slice(1);
  return Object.fromEntries(
    sections.flatMap((section) => {
      const code = /^`(\w+)`/.exec(section)?.[1];
      if (code === undefined) return [];
      const text = section
        .replaceAll(/```[\s\S]*?```/g, "")
        .split(/^## /m)[0]
        ?.split(/\n{2,}/)
        .slice(1)
        .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " ").trim())
        .filter((paragraph) => paragraph !== "" && !paragraph.startsWith("**"));
      return [[code, (text ?? []).join("\n\n")]];
    }),
  );
}
