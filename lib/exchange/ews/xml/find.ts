/** Finds things in elements that were read. Names are local names: in EWS none occurs in two namespaces at one place. */
import type { XmlElement } from './read';

/** The first child of this name, null when there is none. */
export const child = (parent: XmlElement | null, name: string): XmlElement | null =>
  parent?.children.find((candidate) => candidate.name === name) ?? null;

/** All children of this name. */
export const childrenNamed = (parent: XmlElement | null, name: string): readonly XmlElement[] =>
  parent?.children.filter((candidate) => candidate.name === name) ?? [];

/** The element at the end of a path of names, null when it breaks off. */
export const descend = (parent: XmlElement | null, ...path: readonly string[]): XmlElement | null =>
  path.reduce<XmlElement | null>((current, name) => child(current, name), parent);

/** Text of a child, null when the child is absent. */
export const textOf = (parent: XmlElement | null, name: string): string | null => child(parent, name)?.text ?? null;

/** Attribute of an element, null when either is absent. */
export const attributeOf = (parent: XmlElement | null, name: string): string | null => parent?.attributes[name] ?? null;
