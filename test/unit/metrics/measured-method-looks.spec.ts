import { SetMetadata } from '@nestjs/common';
import { Counted, Timed } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';

const Marked: MethodDecorator = (_target, _key, descriptor) => {
  Object.assign(descriptor.value as object, { marked: true });
};

class Orders {
  @Counted()
  @Timed()
  @Marked
  @SetMetadata('below', 1)
  above(_id: number, _amount: number): void {}

  @Marked
  @SetMetadata('below', 1)
  @Timed()
  @Counted()
  below(_id: number, _amount: number): void {}
}

describe.each(['above', 'below'] as const)('A method decorated %s others', (key) => {
  const method = Orders.prototype[key];

  it('keeps its name and length', () => {
    expect([method.name, method.length]).toEqual([key, 2]);
  });

  it('keeps its metadata and what others have put on it', () => {
    expect(Reflect.getMetadata('below', method)).toBe(1);
    expect(method).toHaveProperty('marked', true);
  });

  it('keeps the metadata of its types', () => {
    expect(Reflect.getMetadata('design:paramtypes', Orders.prototype, key)).toEqual([
      Number,
      Number,
    ]);
  });

  it('is no more enumerable than it was', () => {
    expect(Object.keys(Orders.prototype)).toEqual([]);
  });
});
