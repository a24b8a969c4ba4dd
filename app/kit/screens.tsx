import type { ReactNode } from 'react';
import { approvalScreens } from './screens/approvals';

export const screens: Record<string, () => ReactNode> = { ...approvalScreens };
