import type { ReactNode } from 'react';
import { alertScreens } from './screens/alerts';
import { approvalScreens } from './screens/approvals';
import { drillScreens } from './screens/drills';
import { roomScreens } from './screens/rooms';
import { sessionScreens } from './screens/sessions';

export const screens: Record<string, () => ReactNode> = { ...approvalScreens, ...sessionScreens, ...roomScreens, ...drillScreens, ...alertScreens };
