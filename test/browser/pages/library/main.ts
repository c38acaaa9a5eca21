import { give } from '../give.ts';

give();
