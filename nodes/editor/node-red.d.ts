/** The part of the editor's global that this code uses. */
declare const RED: {
  readonly notify: (text: string, type: 'error' | 'warning' | 'success') => void;
  readonly editor: {
    readonly createEditor: (options: { readonly id: string; readonly mode: string; readonly value: string }) => RedTextEditor;
    /** Opens the editor for JSONata over the dialog. */
    readonly editExpression: (options: {
      readonly value: string;
      readonly focus: boolean;
      readonly complete: (value: string) => void;
    }) => void;
  };
};

/** An editor for text inside a dialog; it lives until `destroy`. */
interface RedTextEditor {
  readonly getValue: () => string;
  readonly setValue: (text: string, cursor: number) => void;
  readonly destroy: () => void;
}
