/** The part of the editor's global that this code uses. */
declare const RED: { readonly notify: (text: string, type: 'error' | 'warning' | 'success') => void };
