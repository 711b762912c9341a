import { type ComponentType, lazy } from 'react';
import { AlertIcon, DiscoveryIcon, LiveIcon, PipelineIcon, QueryIcon, RulesIcon, StatusIcon, TargetIcon } from './icons';

export interface Page {
  path: string;
  title: string;
  /** The key that opens the page after `g`. */
  shortcut: string;
  icon: ComponentType<{ size?: number }>;
  content: ComponentType;
}

export const pages: Page[] = [
  { path: '/query', title: 'Query', shortcut: 'q', icon: QueryIcon, content: lazy(() => import('../query/QueryPage')) },
  { path: '/alerts', title: 'Alerts', shortcut: 'a', icon: AlertIcon, content: lazy(() => import('../alerts/AlertsPage')) },
  { path: '/rules', title: 'Rules', shortcut: 'r', icon: RulesIcon, content: lazy(() => import('../rules/RulesPage')) },
  { path: '/targets', title: 'Targets', shortcut: 't', icon: TargetIcon, content: lazy(() => import('../targets/TargetsPage')) },
  { path: '/service-discovery', title: 'Service discovery', shortcut: 'd', icon: DiscoveryIcon, content: lazy(() => import('../discovery/DiscoveryPage')) },
  { path: '/pipeline', title: 'Pipeline', shortcut: 'p', icon: PipelineIcon, content: lazy(() => import('../pipeline/PipelinePage')) },
  { path: '/live', title: 'Live', shortcut: 'l', icon: LiveIcon, content: lazy(() => import('../live/LivePage')) },
  { path: '/status', title: 'Status', shortcut: 's', icon: StatusIcon, content: lazy(() => import('../status/StatusPage')) },
];
