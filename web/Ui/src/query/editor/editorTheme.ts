import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// Colours are variables of the page (Editor.css), so one theme serves light and dark.
const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--syntax-keyword)', fontWeight: '600' },
  { tag: tags.operator, color: 'var(--syntax-operator)' },
  { tag: tags.modifier, color: 'var(--syntax-keyword)' },
  { tag: tags.operatorKeyword, color: 'var(--syntax-keyword)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--syntax-function)' },
  { tag: tags.standard(tags.name), color: 'var(--syntax-function)' },
  { tag: tags.labelName, color: 'var(--syntax-label)' },
  { tag: tags.string, color: 'var(--syntax-string)' },
  { tag: tags.number, color: 'var(--syntax-number)' },
  { tag: tags.literal, color: 'var(--syntax-number)' },
  { tag: tags.comment, color: 'var(--sl-muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--sl-bad)' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--sl-text)', fontSize: '13.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--sl-text)', fontFamily: 'var(--mantine-font-family-monospace)' },
  '.cm-line': { padding: '0 4px' },
  '.cm-scroller': { lineHeight: '1.5', maxHeight: '240px', overflow: 'auto' },
  '.cm-cursor': { borderLeftColor: 'var(--sl-text)', borderLeftWidth: '1.5px' },
  '.cm-placeholder': { color: 'var(--sl-muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--syntax-selection) !important' },
  '.cm-matchingBracket': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--sl-accent-soft)', outline: '1px solid var(--sl-accent)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--sl-surface)',
    color: 'var(--sl-text)',
    border: '1px solid var(--sl-line)',
    borderRadius: '8px',
    boxShadow: '0 8px 24px rgb(0 0 0 / 18%)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '12.5px', maxHeight: '320px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '1.5' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--sl-accent-soft)', color: 'var(--sl-text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--sl-accent)' },
  '.cm-completionDetail': { marginLeft: '12px', color: 'var(--sl-muted)', fontStyle: 'normal' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', maxWidth: '360px', fontSize: '12.5px' },
  '.cm-diagnostic': { padding: '6px 10px', fontSize: '12.5px', borderLeftWidth: '3px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--sl-bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sl-bad) 1px', textUnderlineOffset: '4px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sl-warn) 1px', textUnderlineOffset: '4px' },
});

export const editorTheme = [look, syntaxHighlighting(highlight)];
