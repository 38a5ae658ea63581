/** `Symbol.dispose`, or the symbol that core uses instead where the engine has none (B14). */
export const dispose: typeof Symbol.dispose = // as: such an engine is not the one that the compiler knows
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
