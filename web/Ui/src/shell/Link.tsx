import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { safeHref } from '../format/links';
import { hrefOf, navigate } from './router';

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  search?: string;
}

/** A link inside the application: a plain click stays on the page, everything else is the browser's. */
export function Link({ to, search = '', ...rest }: LinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, search);
  };
  return <a {...rest} href={hrefOf(to, search)} onClick={onClick} />;
}

/** Text from outside, which becomes a link only when it is a web address as a whole. */
export function TextOrLink({ text }: { text: string }) {
  const href = safeHref(text);
  if (href === null) return <>{text}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
}
