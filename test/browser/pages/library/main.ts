import '../give.ts';
