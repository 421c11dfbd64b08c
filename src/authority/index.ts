/** Authority: the installation's own certificate authority. Pure: keys and time are handed in. */
export {};
