import {Injectable} from '@nestjs/common';
export const useCase = Injectable;
