import type { ReactNode } from 'react';

interface IconProps {
  size?: number;
}

function icon(children: ReactNode) {
  return function Icon({ size = 16 }: IconProps) {
    return (
      <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        {children}
      </svg>
    );
  };
}

export const QueryIcon = icon(<path d="M2 12.5 5.5 8l3 2.5L14 3.5M2 14.5h12" />);
export const AlertIcon = icon(<path d="M8 2a4 4 0 0 0-4 4c0 3.5-1.5 4.5-1.5 5.5h11C13.5 10.5 12 9.5 12 6a4 4 0 0 0-4-4ZM6.5 13.8c.4.5.9.7 1.5.7s1.1-.2 1.5-.7" />);
export const RulesIcon = icon(<path d="M2 4.2l1.2 1.2L5.4 3M2 11.2l1.2 1.2 2.2-2.4M8 4.5h6M8 11.5h6" />);
export const TargetIcon = icon(<><circle cx="8" cy="8" r="5.8" /><circle cx="8" cy="8" r="2.2" /><path d="M8 .8v2M8 13.2v2M.8 8h2M13.2 8h2" /></>);
export const DiscoveryIcon = icon(<><circle cx="8" cy="8" r="1.8" /><circle cx="3" cy="3.2" r="1.5" /><circle cx="13" cy="3.2" r="1.5" /><circle cx="8" cy="13.8" r="1.5" /><path d="M6.7 6.8 4.1 4.3M9.3 6.8l2.6-2.5M8 9.8v2.5" /></>);
export const PipelineIcon = icon(<><rect x="1.3" y="2" width="4.4" height="4" rx="1" /><rect x="1.3" y="10" width="4.4" height="4" rx="1" /><rect x="10.3" y="6" width="4.4" height="4" rx="1" /><path d="M5.7 4h1.1C8.5 4 8 8 9.5 8h.8M5.7 12h1.1C8.5 12 8 8 9.5 8" /></>);
export const StatusIcon = icon(<path d="M1.5 8.5H4l2-5.5 3.5 10 2-4.5h3" />);
export const SunIcon = icon(<><circle cx="8" cy="8" r="2.8" /><path d="M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1" /></>);
export const MoonIcon = icon(<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />);
export const AutoIcon = icon(<><circle cx="8" cy="8" r="5.8" /><path d="M8 2.2v11.6A5.8 5.8 0 0 0 8 2.2Z" fill="currentColor" /></>);
export const HelpIcon = icon(<><circle cx="8" cy="8" r="6.2" /><path d="M6.2 6.3c.1-1 .8-1.6 1.8-1.6s1.8.6 1.8 1.5c0 1.2-1.8 1.3-1.8 2.6M8 11.2v.1" /></>);
export const HistoryIcon = icon(<><path d="M2.3 8a5.8 5.8 0 1 0 1.9-4.3L2.3 5.4M2.3 2.4v3h3" /><path d="M8 5v3.2l2.2 1.4" /></>);
export const PlayIcon = icon(<path d="M4.5 2.8v10.4L13 8Z" fill="currentColor" />);
export const PauseIcon = icon(<path d="M5 3.2v9.6M11 3.2v9.6" strokeWidth="2.2" />);
export const LiveIcon = icon(<><circle cx="8" cy="8" r="1.6" fill="currentColor" /><path d="M4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 13.3a7.5 7.5 0 0 1 0-10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6" /></>);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const MinusIcon = icon(<path d="M3 8h10" />);
export const CloseIcon = icon(<path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4" />);
export const CopyIcon = icon(<><rect x="5.5" y="5.5" width="8.2" height="8.2" rx="1.5" /><path d="M3.8 10.3H3.5A1.3 1.3 0 0 1 2.2 9V3.5c0-.7.6-1.3 1.3-1.3H9c.7 0 1.3.6 1.3 1.3v.3" /></>);
export const LeftIcon = icon(<path d="M10 3 5 8l5 5" />);
export const RightIcon = icon(<path d="m6 3 5 5-5 5" />);
export const CalendarIcon = icon(<><rect x="2" y="3" width="12" height="11" rx="1.8" /><path d="M2 6.5h12M5.2 1.5V4M10.8 1.5V4" /></>);
export const SearchIcon = icon(<><circle cx="7" cy="7" r="4.6" /><path d="m10.5 10.5 3.5 3.5" /></>);
export const WarningIcon = icon(<path d="M8 2.2 1.6 13.2h12.8ZM8 6.5v3.2M8 11.4v.1" />);
export const InfoIcon = icon(<><circle cx="8" cy="8" r="6.2" /><path d="M8 7.3v3.6M8 5v.1" /></>);
export const DuplicateIcon = icon(<><rect x="2.2" y="2.2" width="11.6" height="11.6" rx="2" /><path d="M8 5.3v5.4M5.3 8h5.4" /></>);
