import { cookieName } from './session-cookie';

/** Where a link's token is kept between opening the link and setting the password. */
export const setupCookie = (): string => cookieName('setup');
export const SETUP_COOKIE_S = 15 * 60;
